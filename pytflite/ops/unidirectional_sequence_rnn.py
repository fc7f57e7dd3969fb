"""UNIDIRECTIONAL_SEQUENCE_RNN: a fully connected recurrent layer over sequences.

input: (batch, time, inputs), or (time, batch, inputs) when time_major. weights: (units, inputs). recurrent_weights:
(units, units). bias: (units). hidden_state: a variable tensor, (batch, units). output: as the input, of units.

Float32: sums in lanes, like those of ``tensor_utils``. Hybrid: 8-bit weights, vectors quantized on arrival; uint8
weights hold int8 codes.

Source: ``unidirectional_sequence_rnn.cc``, ``RnnBatchStep`` of ``kernel_utils.cc``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.rnn import Rnn, check_rnn, rnn_params, run_rnn
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SequenceRNNOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(
    BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_RNN,
    "input weights recurrent_weights bias hidden_state",
    "output",
    SequenceRNNOptions,
    mutates="hidden_state",
)


class SequenceRnn(NamedTuple):
    """What all rules are given.

    Attributes:
        time_major: whether time is the first axis of the input.
        rnn: of a step.
    """

    time_major: bool
    rnn: Rnn


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """As the input, of units."""
    input = node["input"]
    node.require(len(input.shape) == 3, f"{input} must have 3 dimensions.")
    batch = input.shape[1 if node.options.time_major else 0]
    return [(*input.shape[:2], check_rnn(node, batch))]


def params(node: Node) -> SequenceRnn:
    """Params of all rules."""
    return SequenceRnn(bool(node.options.time_major), rnn_params(node, ("weights", "recurrent_weights")))


@OP.rule("float32", "f32 f32 f32 f32 f32 -> f32", params=params)
@OP.rule("hybrid", "f32 W W f32 f32 -> f32", W="i8 u8", params=params)
def define(
    input: Array, weights: Array, recurrent_weights: Array, bias: Array, hidden_state: Array, p: SequenceRnn
) -> Stages:
    """Step by step; the last output is the next state."""
    sequence = input if p.time_major else input.swapaxes(0, 1)
    outputs = run_rnn([sequence], [weights, recurrent_weights], bias, hidden_state, p.rnn)
    yield "output", outputs if p.time_major else np.ascontiguousarray(outputs.swapaxes(0, 1))
    yield "hidden_state", outputs[-1].copy() if len(outputs) else hidden_state.copy()
