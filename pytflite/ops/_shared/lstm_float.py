"""The LSTM with float32 activations, and weights of float32 or of 8 bits (hybrid).

The kernels multiply float32 weights through Eigen, so the order of a sum depends on sizes: of the batch, too, where the
input is time-major; otherwise every sequence is computed alone. Vectors for 8-bit weights are quantized one by one on
arrival. The kernels skip products of vectors that are all zero; the results are the same. TensorFlow Lite for
Microcontrollers has no 8-bit weights here, adds products one by one, and has the functions of LOGISTIC and TANH.

Source: ``LstmStepFloat``, ``LstmStepHybrid``, lstm_eval.cc; ``micro/kernels/lstm_eval.h``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.eigen import logistic
from pytflite.arithmetic.hybrid import activate
from pytflite.arithmetic.libm import tanhf
from pytflite.ops._api import Node
from pytflite.ops._shared.lstm import Gate, Specs, Steps, gates_of, require_plain, run_steps
from pytflite.ops._shared.recurrent import Eigen, Hybrid, Product, Sequential, dequantized, fused_activation
from pytflite.ops._shared.sigmoids import sigmoid_in_parts

Array = npt.NDArray[Any]

GATE_ORDER = ("input", "cell", "forget", "output")
"""How gates follow each other in memory, where `logistic` depends on the place."""

EPSILON = 1e-8
"""Added to the variance by the layer normalization."""


class FloatLstm(NamedTuple):
    """What the rules with float32 activations are given.

    Attributes:
        time_major: whether the input is (time, batch, inputs) rather than (batch, time, inputs).
        activation: name of the fused activation.
        activate: that activation.
        logistic: of the gates but the cell gate, (batch, cells), and how many others of its size stand before each.
        cell_clip: the cell state stays within plus and minus this, if it is not 0.
        proj_clip: the same for the projection.
        product: how to multiply by weights.
        scales: of the weights, by name; 1 where they are float32.
    """

    time_major: bool
    activation: str
    activate: Callable[[Array], Array]
    logistic: Callable[[Array, int], Array]
    cell_clip: np.float32
    proj_clip: np.float32
    product: Product
    scales: Mapping[str, np.float32]


def float_params(node: Node, specs: Specs, *, time_major: bool) -> FloatLstm:
    """Params from the node's options and the weights among its tensors."""
    options = node.options
    weights = {name: spec for name, spec in specs.items() if name.endswith("weights") and spec is not None}
    is_hybrid = weights["input_to_output_weights"].letter != "f32"
    activation = fused_activation(node)
    return FloatLstm(
        time_major,
        activation,
        partial(activate, activation=activation),
        partial(logistic_gate, together=time_major),
        np.float32(options.cell_clip),
        np.float32(options.proj_clip),
        Hybrid(bool(options.asymmetric_quantize_inputs)) if is_hybrid else Eigen(together=time_major),
        {name: np.float32(1) if spec.letter == "f32" else spec.scale for name, spec in weights.items()},
    )


def sequential_params(node: Node, specs: Specs, *, time_major: bool) -> FloatLstm:
    """The same for an LSTM that adds products one by one."""
    require_plain(node, specs)
    p = float_params(node, specs, time_major=time_major)
    return p._replace(product=Sequential(), logistic=lambda total, place: sigmoid_in_parts(total), activate=tanhf)


def float_steps(tensors: Mapping[str, Any], p: FloatLstm, inputs: Sequence[Array], output: Array, cell: Array) -> Steps:
    """Run over a sequence, as `run_steps` has it.

    Args:
        tensors: weights, biases and coefficients by name.
        p: params.
        inputs: the input, and the auxiliary one if there is, (time, batch, depth) float32.
        output: (batch, outputs) float32.
        cell: (batch, cells) float32.
    """
    gates, scales = gates_of(tensors.get), gates_of(p.scales.get)

    def gate(name: str, sources: Sequence[tuple[Array, Any]], cell: Array) -> Array:
        total = gate_total(p, gates[name], scales[name], sources, cell)
        if name == "cell":
            return p.activate(total)
        order = [other for other in GATE_ORDER if other in gates]
        return p.logistic(total, order.index(name))

    def step(inputs: tuple[Array, ...], output: Array, cell: Array) -> tuple[dict[str, Array], Array, Array]:
        sources = [(vectors, p.product.arrive(vectors)) for vectors in (*inputs, output)]
        values = {name: gate(name, sources, cell) for name in gates if name != "output"}
        let_in = values["input"] if "input" in values else np.float32(1) - values["forget"]
        cell = clip(values["forget"] * cell + values["cell"] * let_in, p.cell_clip)
        values["output"] = gate("output", sources, cell)
        # Without an activation the kernel leaves here what it had there, the cell gate.
        activated = values["cell"] if p.activation == "NONE" else p.activate(cell)
        return values, cell, project(tensors, p, values["output"] * activated)

    return run_steps(step, inputs, output, cell)


def gate_total(p: FloatLstm, gate: Gate, scale: Gate, sources: Sequence[tuple[Array, Any]], cell: Array) -> Array:
    """A gate before its activation, (batch, cells) (``CalculateLstmGateFloat``, ``CalculateLstmGateHybrid``).

    Args:
        p: params.
        gate: its tensors.
        scale: their scales.
        sources: what weights are multiplied with, as it is and as it arrived.
        cell: the cell state that peepholes see.
    """
    start = gate.bias if gate.norm is None else np.float32(0)
    total: Array = np.array(np.broadcast_to(start, cell.shape))
    for (vectors, arrived), weights, weight_scale in zip(sources, gate.weights, scale.weights, strict=True):
        is_diagonal = weights.ndim == 1
        total = total + vectors * weights if is_diagonal else p.product.add(total, arrived, weights, weight_scale)
    if gate.peephole is not None:
        peephole = gate.peephole if gate.peephole.dtype == np.float32 else dequantized(gate.peephole, scale.peephole)
        total = total + peephole * cell
    return total if gate.norm is None else gate.bias + gate.norm * normalized(total)


def normalized(x: Array) -> Array:
    """Each vector less its mean, over its standard deviation (``PortableMeanStddevNormalization``)."""
    size = np.float32(x.shape[-1])
    centered = x - np.add.accumulate(x, axis=-1)[..., -1:] / size
    variance = np.add.accumulate(centered * centered, axis=-1)[..., -1:] / size
    return centered * (np.float32(1) / np.sqrt(variance + np.float32(EPSILON)))


def logistic_gate(total: Array, place: int, *, together: bool) -> Array:
    """The logistic function of a gate, (batch, cells), that stands in memory after ``place`` others of its size."""
    begin = place * total.size
    if together:
        return logistic(total.reshape(-1), begin).reshape(total.shape)
    batch, cells = total.shape
    return logistic(total, begin + np.arange(batch) * cells)


def project(tensors: Mapping[str, Any], p: FloatLstm, hidden: Array) -> Array:
    """The output state from the hidden one, (batch, cells)."""
    weights, bias = tensors["projection_weights"], tensors["projection_bias"]
    if weights is None:
        return hidden
    start = np.float32(0) if bias is None else bias
    total = np.array(np.broadcast_to(start, (len(hidden), len(weights))))
    total = p.product.add(total, p.product.arrive(hidden), weights, p.scales["projection_weights"])
    return clip(total, p.proj_clip)


def clip(x: Array, limit: np.float32) -> Array:
    """Within plus and minus the limit, if it is not 0."""
    return np.clip(x, -limit, limit) if limit > 0 else x
