"""UNIDIRECTIONAL_SEQUENCE_LSTM: an LSTM over sequences.

input: (batch, time, inputs), or (time, batch, inputs) when time_major. Weights: (cells, inputs) for the input, (cells,
outputs) for the output state, (outputs, cells) for the projection; peepholes, biases and coefficients: (cells). States:
variable tensors, (batch, outputs) and (batch, cells). output: as the input, of outputs. See `_shared/lstm.py`.

Float32: products as Eigen sums them. Hybrid: 8-bit weights, vectors quantized on arrival; uint8 weights hold int8
codes. int8: int8 weights, int16 gates and cell state, each product requantized on its own. The first four intermediate
tensors tell how the gates are quantized before layer normalization, the fifth how the hidden state is.

Source: ``unidirectional_sequence_lstm.cc``, ``lstm_eval.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.lstm import (
    INPUTS,
    NAMES,
    Stages,
    Steps,
    lstm_sizes,
    lstm_specs,
    lstm_stages,
    states_of,
    type_row,
)
from pytflite.ops._shared.lstm_float import FloatLstm, float_params, float_steps
from pytflite.ops._shared.lstm_integer import IntegerLstm, integer_params, integer_steps
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import UnidirectionalSequenceLSTMOptions

Array = npt.NDArray[Any]

OP = Op(
    BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM,
    INPUTS,
    "output",
    UnidirectionalSequenceLSTMOptions,
    mutates="output_state cell_state",
)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """As the input, of output vectors."""
    input = node["input"]
    node.require(len(input.shape) == 3, f"{input} must have 3 dimensions.")
    sizes = lstm_sizes(node, lstm_specs(node), input.shape[1 if node.options.time_major else 0])
    return [(*input.shape[:2], sizes.output)]


def sequence_float_params(node: Node) -> FloatLstm:
    """Params of the rules with float32 activations."""
    return float_params(node, lstm_specs(node), time_major=bool(node.options.time_major))


def sequence_integer_params(node: Node) -> IntegerLstm:
    """Params of the rule with int8 activations."""
    return integer_params(node, lstm_specs(node), time_major=bool(node.options.time_major))


@OP.rule(
    "float32",
    type_row("f32", "f32", "f32", "f32", "f32", "f32", "f32", "f32"),
    params=sequence_float_params,
    note="Exact for ai_edge_litert 2.3; the Eigen of TensorFlow 2.21 differs in the last bits. Without a fused "
    "activation the real kernel takes the bias for the cell gate where an input vector is all zero.",
)
@OP.rule(
    "hybrid",
    type_row("f32", "W", "R", "W", "f32", "f32", "f32", "f32"),
    W="i8 u8",
    R="i8 u8 f32",
    params=sequence_float_params,
)
def define_float(*arguments: Any) -> Stages:
    """Step by step through the sequence."""
    *inputs, p = arguments
    tensors = dict(zip(NAMES, inputs, strict=True))
    yield from stages(float_steps(tensors, p, *sequence(tensors, p.time_major)), tensors, p.time_major)


@OP.rule("int8", type_row("i8", "i8", "i8", "i16", "i32", "i8", "i16", "i16"), params=sequence_integer_params)
def define_integer(*arguments: Any) -> Stages:
    """The same in integers."""
    *inputs, p = arguments
    tensors = dict(zip(NAMES, inputs, strict=True))
    yield from stages(integer_steps(tensors, p, *sequence(tensors, p.time_major)), tensors, p.time_major)


def sequence(tensors: dict[str, Any], time_major: bool) -> tuple[list[Array], Array, Array]:
    """Inputs (time, batch, inputs) and states (batch, ...) before the first step."""
    input = tensors["input"] if time_major else tensors["input"].swapaxes(0, 1)
    return [input], *states_of(tensors, input.shape[1])


def stages(steps: Steps, tensors: dict[str, Any], time_major: bool) -> Stages:
    """Everything, laid out as the input is."""

    def layout(values: Array) -> Array:
        return values if time_major else np.ascontiguousarray(values.swapaxes(0, 1))

    yield from lstm_stages(steps, tensors, layout)
