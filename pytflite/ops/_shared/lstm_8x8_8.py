"""The LSTM with int8 activations, weights and products (8x8_8): twelve intermediate tensors tell their scales.

Each product with weights is requantized to int8, both are brought to a common scale and added as int16; layer
normalization and activations are computed in float32. There is no input gate, no peephole, but always a projection.

The kernel mixes some of the intermediate tensors up: for the recurrent product of the output gate it takes the zero
point of another, and a shift for a multiplier.

Source: ``LstmStepInteger8x8_8``, lstm_eval.cc; ``PopulateQuantizedLstmParams8x8_8``, lstm.cc.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.fixed_point import quantize_multiplier, rounding_divide_by_pot
from pytflite.arithmetic.libm import expf, tanhf
from pytflite.arithmetic.requantize import DoubleRounding, RealScale, Requantizer, Wide
from pytflite.arithmetic.rounding import round_half_away, truncate_to_int32, wrap_int32
from pytflite.ops._api import Node
from pytflite.ops._shared.lstm import Gate, Specs, Steps, gates_of, required, run_steps
from pytflite.ops._shared.lstm_integer import INT8, INT16, quantized_clip, saturate, updated_cell
from pytflite.ops._shared.products import integer_products

Array = npt.NDArray[Any]

INTERMEDIATES = 12

FIRST = {"forget": 3, "cell": 6, "output": 9}
"""Gate -> the first of its three intermediate tensors: the sum, the product of the input, the recurrent product."""

GATE_SCALE, STATE_SCALE = np.float32(2.0**-12), np.float32(2.0**-15)


class ProductParams(NamedTuple):
    """What turns a vector into a product with weights.

    Attributes:
        requantizer: to int8.
        zero_point: of that.
        to_sum: requantizer to the sum of both products.
    """

    requantizer: Requantizer
    zero_point: int
    to_sum: Requantizer


class Lstm8x8x8(NamedTuple):
    """What the rule is given.

    Attributes:
        zero_points: of the input and of the output state.
        products: by gate, of the input and the output state.
        norm_scales: by gate, of the coefficients of the layer normalization.
        cell_clip: the cell state stays within plus and minus this, if it is not 0.
        projection: requantizer of the projection.
        proj_clip: the output state stays within plus and minus this, if it is not 0.
    """

    zero_points: tuple[int, int]
    products: Mapping[str, tuple[ProductParams, ...]]
    norm_scales: Mapping[str, np.float32]
    cell_clip: int
    projection: Requantizer
    proj_clip: int


def params_8x8_8(node: Node, specs: Specs, *, mixed: bool) -> Lstm8x8x8:
    """Params from the node's scales, options and intermediate tensors.

    Args:
        node: the operator.
        specs: its tensors by name.
        mixed: whether the output gate takes a zero point of another gate, and a shift of one for a multiplier, as the
            real kernel does.
    """
    cell, state, options = (*(required(node, specs, name) for name in ("cell_state", "output_state")), node.options)
    projection = required(node, specs, "projection_weights")
    required(node, specs, "projection_bias")
    node.require(cell.scale == STATE_SCALE, f"The scale of {cell} must be {STATE_SCALE}.")
    gates = gates_of(specs.get)
    for name in FIRST:
        node.require(gates[name].norm is not None, f"{name}_layer_norm_coefficients is missing.")
    scale = RealScale((projection.scale, STATE_SCALE), state.scale, "float32")
    return Lstm8x8x8(
        (node["input"].zero_point, state.zero_point),
        {name: products_of(node, name, gates[name], state.scale, mixed) for name in FIRST},
        {name: gates[name].norm.scale for name in FIRST},
        quantized_clip(options.cell_clip, cell.scale, INT16) if options.cell_clip < 1 else 0,
        Wide.of(scale),
        quantized_clip(options.proj_clip, node["output"].scale, INT8),
    )


def products_of(node: Node, name: str, gate: Gate, state_scale: np.float32, mixed: bool) -> tuple[ProductParams, ...]:
    """Params of both products of a gate; see `params_8x8_8`."""
    total, *products = node.intermediates[FIRST[name] : FIRST[name] + 3]
    found = [
        ProductParams(
            node.requantizer(weights.scale, scale, over=product.scale, precision="float32"),
            product.zero_point,
            node.requantizer(product.scale, over=total.scale, precision="float32"),
        )
        for weights, scale, product in zip(gate.weights, (node["input"].scale, state_scale), products, strict=True)
    ]
    if mixed and name == "output":
        (_, wrong), (_, shift) = (
            quantize_multiplier(float(node.intermediates[i + 2].scale / node.intermediates[i].scale)) for i in (3, 9)
        )
        to_sum = DoubleRounding(np.atleast_1d(wrong), np.atleast_1d(shift))
        found[1] = found[1]._replace(zero_point=node.intermediates[7].zero_point, to_sum=to_sum)
    return tuple(found)


def steps_8x8_8(tensors: Mapping[str, Any], p: Lstm8x8x8, inputs: Sequence[Array], output: Array, cell: Array) -> Steps:
    """Run over a sequence, as `run_steps` has it; tensors and arrays as in `integer_steps`."""
    gates = gates_of(tensors.get)

    def gate(name: str, sources: tuple[Array, Array]) -> Array:
        total = gate_total(gates[name], p.products[name], sources)
        total = normalized(total, gates[name].norm, gates[name].bias, p.norm_scales[name])
        return fixed(tanhf(total * GATE_SCALE)) if name == "cell" else fixed(logistic(total * GATE_SCALE))

    def step(inputs: tuple[Array, ...], output: Array, cell: Array) -> tuple[dict[str, Array], Array, Array]:
        sources = inputs[0].astype(np.int64) - p.zero_points[0], output.astype(np.int64) - p.zero_points[1]
        values = {name: gate(name, sources) for name in FIRST}
        let_in = INT16.max - values["forget"]
        cell = updated_cell(values["forget"], let_in, values["cell"], cell.astype(np.int64), -15, p.cell_clip)
        activated = fixed(tanhf(cell.astype(np.float32) * STATE_SCALE))
        hidden = rounding_divide_by_pot(values["output"] * activated, 15)
        accumulator = integer_products(hidden, tensors["projection_weights"]) + tensors["projection_bias"]
        codes = saturate(p.projection(accumulator) + p.zero_points[1], INT8).astype(np.int8)
        codes = np.clip(codes, -p.proj_clip, p.proj_clip) if p.proj_clip else codes
        return {name: value.astype(np.int16) for name, value in values.items()}, cell.astype(np.int16), codes

    return run_steps(step, inputs, output, cell)


def gate_total(gate: Gate, params: tuple[ProductParams, ...], sources: tuple[Array, Array]) -> Array:
    """Both products of a gate, added (``TwoGateSaturatingAdd``)."""
    total: Any = 0
    for source, weights, q in zip(sources, gate.weights, params, strict=True):
        product = saturate(q.requantizer(wrap_int32(integer_products(source, weights))) + q.zero_point, INT8)
        total = total + q.to_sum(product - q.zero_point)
    return saturate(total, INT16)


def normalized(x: Array, coefficients: Array, bias: Array, scale: np.float32) -> Array:
    """Layer normalization of each vector, float32 whole numbers (``PortableApplyLayerNormFloat``)."""
    values, size = x.astype(np.float32), np.float32(x.shape[-1])
    mean = np.add.accumulate(values, axis=-1)[..., -1:] / size
    variance = np.add.accumulate(values * values, axis=-1)[..., -1:] / size - mean * mean
    inverse = np.float32(1) / np.sqrt(np.where(variance == 0, np.float32(1e-8), variance))
    weighted = (values - mean) * inverse * coefficients.astype(np.float32) * scale
    weighted = weighted + bias.astype(np.float32) * (np.float32(2.0**-10) * scale)
    rounded = truncate_to_int32(round_half_away(weighted * np.float32(4096)))
    return saturate(rounded, INT16).astype(np.float32)


def logistic(x: Array) -> Array:
    """``1 / (1 + exp(-x))`` by libm."""
    result: Array = np.float32(1) / (np.float32(1) + expf(-x))
    return result


def fixed(x: Array) -> Array:
    """Multiples of 2**-15, toward zero, as int64."""
    return saturate(truncate_to_int32(x * np.float32(32768)), INT16)
