"""One step of a basic LSTM cell, whose four gates are rows of one matrix.

The input and the activation before are put side by side and multiplied by weights (4 * units, inputs + units); the
quarters of the sum are the gates input, cell, forget and output.

Source: ``optimized_ops::LstmCell``, optimized_ops.h, which the reference kernels call, too.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.eigen import logistic, tanh
from pytflite.arithmetic.fixed_point import rounding_divide_by_pot
from pytflite.arithmetic.gemmlowp import logistic as fixed_logistic
from pytflite.arithmetic.gemmlowp import multiply, shift_left
from pytflite.arithmetic.gemmlowp import tanh as fixed_tanh
from pytflite.arithmetic.power_of_two import checked_log2
from pytflite.arithmetic.requantize import Requantizer
from pytflite.arithmetic.rounding import wrap_int32
from pytflite.ops._api import Node, Shape
from pytflite.ops._shared.lstm import Stages
from pytflite.ops._shared.products import integer_products
from pytflite.ops._shared.recurrent import Eigen

Array = npt.NDArray[Any]

GATE_BITS = 3
"""Integer bits of a gate before its activation, 16 in all."""

STATE_BITS = 4
"""Integer bits of the state, 16 in all."""


class QuantizedCell(NamedTuple):
    """What the rule for uint8 is given.

    Attributes:
        weights_zero_point: of the weights; that of the activations is always 128.
        requantizer: to the gates.
    """

    weights_zero_point: int
    requantizer: Requantizer


def cell_shapes(node: Node, previous: str, weights: str, bias: str, state: str) -> list[Shape]:
    """Shapes of the activation, the state, the vectors side by side, and the gates.

    Args:
        node: the operator.
        previous: role of the activation before.
        weights: role of the weights.
        bias: role of the bias.
        state: role of the state before.
    """
    for name in ("input", previous):
        node.require(len(node[name].shape) == 2, f"{node[name]} must have 2 dimensions.")
    (batch, inputs), units = node["input"].shape, node[previous].shape[1]
    wanted = {
        previous: (batch, units),
        weights: (4 * units, inputs + units),
        bias: (4 * units,),
        state: (batch, units),
    }
    for name, shape in wanted.items():
        node.require(node[name].shape == shape, f"{node[name]} must be {'x'.join(map(str, shape))}.")
    return [(batch, units), (batch, units), (batch, inputs + units), (batch, 4 * units)]


def cell_params(node: Node, weights: str, bias: str, state: str) -> QuantizedCell:
    """Params of the rule for uint8; arguments as in `cell_shapes`."""
    exponent, is_power = checked_log2(node[state].scale)
    node.require(is_power and 15 + exponent == STATE_BITS, f"The scale of {node[state]} must be {2.0**-11}.")
    requantizer = node.requantizer(4096.0, node[bias].scale, precision="float32")
    return QuantizedCell(node[weights].zero_point, requantizer)


def float_cell(input: Array, previous: Array, weights: Array, bias: Array, state: Array) -> Stages:
    """The cell in float32."""
    joined = np.concatenate([input, previous], axis=1)
    yield "concatenated", joined
    start: Array = np.array(np.broadcast_to(bias, (len(joined), len(bias))))
    gates = Eigen(together=True).add(start, joined, weights, np.float32(1))
    yield "gates", gates
    batch, units = state.shape
    phase = np.arange(batch) * units
    input_gate, cell_gate, forget_gate, output_gate = np.split(gates, 4, axis=1)
    cell = logistic(input_gate, phase) * tanh(cell_gate) + logistic(forget_gate, phase) * state
    yield "cell_output", cell
    yield "output", logistic(output_gate, phase) * tanh(cell)


def quantized_cell(
    input: Array, previous: Array, weights: Array, bias: Array, state: Array, p: QuantizedCell
) -> Stages:
    """The cell with uint8 activations and weights and an int16 state."""
    joined = np.concatenate([input, previous], axis=1)
    yield "concatenated", joined
    products = integer_products(joined.astype(np.int64) - 128, weights.astype(np.int64) - p.weights_zero_point)
    accumulator = wrap_int32(products + bias)
    yield "accumulator", accumulator
    gates = np.clip(p.requantizer(accumulator), -32768, 32767)
    yield "gates", gates.astype(np.int16)
    input_gate, cell_gate, forget_gate, output_gate = np.split(gates, 4, axis=1)
    new = multiply(fixed_logistic(input_gate, GATE_BITS, 16), fixed_tanh(cell_gate, GATE_BITS, 16), 16)
    kept = multiply(fixed_logistic(forget_gate, GATE_BITS, 16), state.astype(np.int64), 16)
    cell = np.clip(rounding_divide_by_pot(new, STATE_BITS) + kept, -32768, 32767)
    yield "cell_output", cell.astype(np.int16)
    activated = fixed_tanh(shift_left(cell, STATE_BITS - GATE_BITS, 16), GATE_BITS, 16)
    output = multiply(fixed_logistic(output_gate, GATE_BITS, 16), activated, 16)
    yield "output", (np.clip(rounding_divide_by_pot(output, 8), -128, 127) + 128).astype(np.uint8)
