"""UNIDIRECTIONAL_SEQUENCE_LSTM: an LSTM over sequences.

input: (batch, time, inputs), or (time, batch, inputs) when time_major. Weights: (cells, inputs) for the input, (cells,
outputs) for the output state, (outputs, cells) for the projection; peepholes, biases and coefficients: (cells). States:
variable tensors, (batch, outputs) and (batch, cells). output: as the input, of outputs. See `_shared/lstm.py`.

Float32: products as Eigen sums them. Hybrid: 8-bit weights, vectors quantized on arrival; uint8 weights hold int8
codes. int8: int8 weights, int16 gates and cell state, each product requantized on its own. The first four intermediate
tensors tell how the gates are quantized before layer normalization, the fifth how the hidden state is. The arithmetic
of TensorFlow Lite for Microcontrollers is in rules of its own (`_shared/lstm_tables.py`); int16 activations have no
other.

Source: ``unidirectional_sequence_lstm.cc``, ``lstm_eval.cc``; ``micro/kernels/lstm_eval.h``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.requantize import Wide
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
from pytflite.ops._shared.lstm_float import FloatLstm, float_params, float_steps, sequential_params
from pytflite.ops._shared.lstm_integer import IntegerLstm, integer_params, integer_steps
from pytflite.ops._shared.lstm_tables import TableLstm, table_params, table_steps
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import UnidirectionalSequenceLSTMOptions

Array = npt.NDArray[Any]

INT8_ROW = type_row("i8", "i8", "i8", "i16", "i32", "i8", "i16", "i16")
INT16_ROW = type_row("i16", "i8", "i8", "i16", "i64", "i16", "i16", "i16")

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


def one_by_one_params(node: Node) -> FloatLstm:
    """Params of the rule that adds products one by one."""
    return sequential_params(node, lstm_specs(node), time_major=bool(node.options.time_major))


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
    "float32_sequential",
    type_row("f32", "f32", "f32", "f32", "f32", "f32", "f32", "f32"),
    params=one_by_one_params,
    by_name=True,
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


@OP.rule("int8", INT8_ROW, params=sequence_integer_params)
def define_integer(*arguments: Any) -> Stages:
    """The same in integers."""
    *inputs, p = arguments
    tensors = dict(zip(NAMES, inputs, strict=True))
    yield from stages(integer_steps(tensors, p, *sequence(tensors, p.time_major)), tensors, p.time_major)


def sequence_table_params(*, saturates_terms: bool) -> Callable[[Node], TableLstm]:
    """Params of the rules with tables; 64-bit sums are requantized as such."""

    def params(node: Node) -> TableLstm:
        return table_params(
            node,
            lstm_specs(node),
            time_major=bool(node.options.time_major),
            products=Wide.of if node["input"].letter == "i16" else node.requantizer_of,
            saturates_terms=saturates_terms,
        )

    return params


saturating_params, summing_params = (sequence_table_params(saturates_terms=terms) for terms in (True, False))


@OP.rule("tables", INT8_ROW, INT16_ROW, params=saturating_params, by_name=True)
def define_tables(*arguments: Any) -> Stages:
    """In integers, gates from tables."""
    *inputs, p = arguments
    tensors = dict(zip(NAMES, inputs, strict=True))
    yield from stages(table_steps(tensors, p, *sequence(tensors, p.time_major)), tensors, p.time_major)


@OP.rule("tables_stateless", INT8_ROW, INT16_ROW, params=summing_params, by_name=True)
def define_stateless(*arguments: Any) -> Stages:
    """The same, where every sequence starts from 0 and leaves the states alone (``arm_lstm_unidirectional_s8``)."""
    *inputs, p = arguments
    tensors = dict(zip(NAMES, inputs, strict=True))
    (vectors,), output, cell = sequence(tensors, p.time_major)
    start = np.full_like(output, p.zero_points[1]), np.zeros_like(cell)
    for name, stage in stages(table_steps(tensors, p, [vectors], *start), tensors, p.time_major):
        yield name, tensors[name] if name.endswith("state") else stage


def sequence(tensors: dict[str, Any], time_major: bool) -> tuple[list[Array], Array, Array]:
    """Inputs (time, batch, inputs) and states (batch, ...) before the first step."""
    input = tensors["input"] if time_major else tensors["input"].swapaxes(0, 1)
    return [input], *states_of(tensors, input.shape[1])


def stages(steps: Steps, tensors: dict[str, Any], time_major: bool) -> Stages:
    """Everything, laid out as the input is."""

    def layout(values: Array) -> Array:
        return values if time_major else np.ascontiguousarray(values.swapaxes(0, 1))

    yield from lstm_stages(steps, tensors, layout)
