"""The LSTM with int8 activations and weights, int16 gates and cell state (8x8_16).

A product with weights is requantized to the gate's scale and clamped to int16 before the next is added. Gates and the
cell state go through gemmlowp's 16-bit logistic and tanh; the scale of the cell state is a power of two.

Source: ``LstmStepInteger8x8_16``, lstm_eval.cc; ``PopulateQuantizedLstmParams8x8_16``,
unidirectional_sequence_lstm.cc.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.fixed_point import rounding_divide_by_pot
from pytflite.arithmetic.gemmlowp import logistic, tanh
from pytflite.arithmetic.inverse_sqrt import inverse_sqrt
from pytflite.arithmetic.power_of_two import checked_log2
from pytflite.arithmetic.requantize import DoubleRounding, Requantizer
from pytflite.arithmetic.rounding import divide_toward_zero, wrap_int32
from pytflite.ops._api import Node
from pytflite.ops._shared.lstm import GATES, Gate, Specs, Steps, gates_of, run_steps
from pytflite.ops._shared.products import integer_products

Array = npt.NDArray[Any]

GATE_BITS = 3
"""Integer bits of a gate before its activation, 16 in all; without layer normalization that is its scale."""

GATE_SCALE = np.float32(2.0**-12)

INT16 = np.iinfo(np.int16)
INT8 = np.iinfo(np.int8)


class Normalization(NamedTuple):
    """The layer normalization of a gate.

    Attributes:
        requantizer: from 4096 times the scale of its coefficients to real numbers, which leaves `GATE_SCALE`.
        guard: stands for a variance below 1.
    """

    requantizer: Requantizer
    guard: int


class GateParams(NamedTuple):
    """What turns codes into a gate.

    Attributes:
        products: requantizers of the products with the input and with the output state.
        peephole: requantizer of the product with the cell state, or None.
        norm: its normalization, or None.
    """

    products: tuple[Requantizer, ...]
    peephole: Requantizer | None
    norm: Normalization | None


class IntegerLstm(NamedTuple):
    """What the rule with int8 activations is given.

    Attributes:
        time_major: whether the input is (time, batch, inputs) rather than (batch, time, inputs).
        zero_points: of the input and of the output state.
        gates: by name.
        cell_exponent: the scale of the cell state is this power of two.
        cell_clip: the cell state stays within plus and minus this, if it is not 0.
        hidden: requantizer of the output gate times the activated cell state.
        hidden_zero_point: of that.
        projection: requantizer of the projection, or None.
        proj_clip: the projection stays within plus and minus this, if it is not 0.
    """

    time_major: bool
    zero_points: tuple[int, int]
    gates: Mapping[str, GateParams]
    cell_exponent: int
    cell_clip: int
    hidden: Requantizer
    hidden_zero_point: int
    projection: Requantizer | None
    proj_clip: int


def integer_params(node: Node, specs: Specs, *, time_major: bool) -> IntegerLstm:
    """Params from the node's scales, options and intermediate tensors."""
    input, state, cell, projection = (
        node["input"],
        node["output_state"],
        node["cell_state"],
        node.get("projection_weights"),
    )
    node.require(len(node.intermediates) == 5, f"{len(node.intermediates)} intermediate tensors given, 5 accepted.")
    hidden = node.intermediates[4]
    exponent, is_power = checked_log2(cell.scale)
    node.require(is_power and -15 <= exponent <= -9, f"The scale of {cell} must be a power of two, 2**-15 to 2**-9.")
    return IntegerLstm(
        time_major,
        (input.zero_point, state.zero_point),
        {name: gate_params(node, name, gate, exponent) for name, gate in gates_of(specs.get).items()},
        exponent,
        quantized_clip(node.options.cell_clip, cell.scale, INT16),
        node.requantizer(2.0**-30, over=hidden.scale, precision="float32"),
        hidden.zero_point,
        None
        if projection is None
        else node.requantizer(projection.scale, hidden.scale, over=state.scale, precision="float32"),
        quantized_clip(node.options.proj_clip, node["output"].scale, INT8),
    )


def gate_params(node: Node, name: str, gate: Gate, cell_exponent: int) -> GateParams:
    """Params of one gate, from its tensors."""
    state = node["output_state"]
    over = GATE_SCALE if gate.norm is None else node.intermediates[GATES.index(name)].scale
    products = tuple(
        node.requantizer(weights.scale, spec.scale, over=over, precision="float32")
        for weights, spec in zip(gate.weights, (node["input"], state), strict=True)
    )
    peephole = norm = None
    if gate.peephole is not None:
        outputs, cells = node["recurrent_to_output_weights"].shape[-1], gate.peephole.shape[0]
        node.require(outputs <= cells, f"{gate.peephole} must have at least {outputs} elements, as many as an output.")
        peephole = node.requantizer(2.0**cell_exponent, gate.peephole.scale, over=over, precision="float32")
    if gate.norm is not None:
        guard = max(1, int(np.float32(10000) * gate.norm.scale))
        norm = Normalization(node.requantizer(gate.norm.scale, 4096.0, precision="float32"), guard)
    return GateParams(products, peephole, norm)


def quantized_clip(limit: float, scale: np.float32, limits: np.iinfo[Any]) -> int:
    """A clip in codes, toward zero; 0 for none."""
    return int(np.clip(np.float32(limit) / scale, limits.min, limits.max)) if limit > 0 else 0


def integer_steps(
    tensors: Mapping[str, Any], p: IntegerLstm, inputs: Sequence[Array], output: Array, cell: Array
) -> Steps:
    """Run over a sequence, as `run_steps` has it.

    Args:
        tensors: weights, biases and coefficients by name.
        p: params.
        inputs: one, (time, batch, inputs) int8.
        output: (batch, outputs) int8.
        cell: (batch, cells) int16.
    """
    gates = gates_of(tensors.get)

    def gate(name: str, sources: tuple[Array, Array], cell: Array) -> Array:
        total = gate_total(p, gates[name], p.gates[name], sources, cell)
        return tanh(total, GATE_BITS, 16) if name == "cell" else logistic(total, GATE_BITS, 16)

    def step(inputs: tuple[Array, ...], output: Array, cell: Array) -> tuple[dict[str, Array], Array, Array]:
        input_zero_point, output_zero_point = p.zero_points
        sources = inputs[0].astype(np.int64) - input_zero_point, output.astype(np.int64) - output_zero_point
        cell = cell.astype(np.int64)
        values = {name: gate(name, sources, cell) for name in gates if name != "output"}
        let_in = values["input"] if "input" in values else INT16.max - values["forget"]
        cell = updated_cell(values["forget"], let_in, values["cell"], cell, p.cell_exponent, p.cell_clip)
        values["output"] = gate("output", sources, cell)
        hidden = p.hidden(values["output"] * tanh(cell, 15 + p.cell_exponent, 16))
        codes = {name: value.astype(np.int16) for name, value in values.items()}
        return codes, cell.astype(np.int16), project(tensors, p, hidden)

    return run_steps(step, inputs, output, cell)


def updated_cell(forget: Array, let_in: Array, new: Array, cell: Array, exponent: int, clip: int) -> Array:
    """The next cell state (``UpdateLstmCellInteger``); the scale of the cell state is ``2**exponent``."""
    kept = rounding_divide_by_pot(forget * cell, 15)
    updated = saturate(kept + rounding_divide_by_pot(let_in * new, 30 + exponent), INT16)
    return np.clip(updated, -clip, clip) if clip else updated


def saturate(x: Array, limits: np.iinfo[Any]) -> Array:
    """Within the range of an integer type."""
    return np.clip(x, limits.min, limits.max)


def gate_total(p: IntegerLstm, gate: Gate, q: GateParams, sources: tuple[Array, Array], cell: Array) -> Array:
    """A gate before its activation, (batch, cells) (``CalculateLstmGateInteger8x8_16``).

    Args:
        p: params.
        gate: its tensors.
        q: its params.
        sources: input and output state less their zero points.
        cell: the cell state that peepholes see.
    """
    biases = (gate.bias if gate.norm is None else 0), 0
    total = np.zeros(cell.shape, np.int64)
    for source, weights, bias, requantizer in zip(sources, gate.weights, biases, q.products, strict=True):
        accumulator = wrap_int32(integer_products(source, weights) + bias)
        total = saturate(total + requantizer(accumulator), INT16)
    if q.peephole is not None:
        # The kernel goes through the batch in vectors of outputs, not of cells.
        rows = (1, cell.size) if p.time_major else cell.shape
        per_vector = gate.weights[1].shape[1]
        weights = np.tile(gate.peephole[:per_vector].astype(np.int64), len(cell) if p.time_major else 1)
        reached = total.reshape(rows)[:, : weights.size]
        reached[...] = saturate(reached + q.peephole(weights * cell.reshape(rows)[:, : weights.size]), INT16)
    return total if q.norm is None else normalized(total, gate.norm, gate.bias, q.norm)


def normalized(x: Array, coefficients: Array, bias: Array, q: Normalization) -> Array:
    """Layer normalization of each vector (``PortableApplyLayerNorm``).

    Mean and standard deviation have 10 fractional bits. The variance is exact only where the size is a power of two.
    """
    size = x.shape[-1]
    mean = divide_toward_zero(x.sum(axis=-1, keepdims=True) * 1024, size)
    squares = (x * x).sum(axis=-1, keepdims=True)
    variance = wrap_int32(divide_toward_zero(squares * ((1 << 20) // size) - mean * mean, 1 << 20))
    inverse = DoubleRounding(*inverse_sqrt(np.where(variance < 1, q.guard, variance)))
    weighted = wrap_int32(inverse(1024 * x - mean) * coefficients + bias)
    halves = np.where(weighted > 0, 512, -512)
    return saturate(q.requantizer(divide_toward_zero(weighted + halves, 1024)), INT16)


def project(tensors: Mapping[str, Any], p: IntegerLstm, hidden: Array) -> Array:
    """The output state, int8, from the requantized hidden state (``CalculateLstmOutputInteger8x8_16``).

    Before a projection the kernel subtracts the hidden zero point where it should add it.
    """
    if p.projection is None:
        return saturate(hidden + p.hidden_zero_point, INT8).astype(np.int8)
    codes = saturate(hidden - p.hidden_zero_point, INT8)
    bias = 0 if tensors["projection_bias"] is None else tensors["projection_bias"]
    accumulator = wrap_int32(integer_products(codes + p.hidden_zero_point, tensors["projection_weights"]) + bias)
    output = saturate(p.projection(accumulator) + p.zero_points[1], INT8).astype(np.int8)
    return np.clip(output, -p.proj_clip, p.proj_clip) if p.proj_clip else output
