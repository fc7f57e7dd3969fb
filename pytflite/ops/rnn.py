"""RNN: one step of a fully connected recurrent layer.

input: (batch, inputs). weights: (units, inputs). recurrent_weights: (units, units). bias: (units). hidden_state: a
variable tensor, (batch, units), the output of the step before. output: (batch, units).

Float32: sums in lanes, like those of ``tensor_utils``. Hybrid: 8-bit weights, vectors quantized on arrival; uint8
weights hold int8 codes.

Source: ``basic_rnn.cc``, ``RnnBatchStep`` of ``kernel_utils.cc``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.rnn import Rnn, check_rnn, rnn_params, run_rnn
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import RNNOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(
    BuiltinOperator.RNN,
    "input weights recurrent_weights bias hidden_state",
    "output",
    RNNOptions,
    mutates="hidden_state",
)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """(batch, units)."""
    input = node["input"]
    node.require(len(input.shape) == 2, f"{input} must have 2 dimensions.")
    return [(input.shape[0], check_rnn(node, input.shape[0]))]


def params(node: Node) -> Rnn:
    """Params of all rules."""
    return rnn_params(node, ("weights", "recurrent_weights"))


@OP.rule("float32", "f32 f32 f32 f32 f32 -> f32", params=params)
@OP.rule("hybrid", "f32 W W f32 f32 -> f32", W="i8 u8", params=params)
def define(input: Array, weights: Array, recurrent_weights: Array, bias: Array, hidden_state: Array, p: Rnn) -> Stages:
    """One step; the output is the next state."""
    output = run_rnn([input[None]], [weights, recurrent_weights], bias, hidden_state, p)[0]
    yield "output", output
    yield "hidden_state", output.copy()
