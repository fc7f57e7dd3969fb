"""LSTM: one step of an LSTM, with a kernel for a whole layer and a *basic* one (``kernel_type``).

Whole: input (batch, inputs), output (batch, outputs); everything else as in UNIDIRECTIONAL_SEQUENCE_LSTM, see
`_shared/lstm.py`.
int8 with twelve intermediate tensors in place of five: int8 products, see `_shared/lstm_8x8_8.py`.
Basic: five inputs, which are the input (batch, inputs), the activation before (batch, units), weights (4 * units,
inputs + units), a bias (4 * units) and the state before (batch, units); and four outputs, which are the activation, the
state, and two scratch tensors: the first two inputs side by side, and the gates. See `_shared/lstm_cell.py`. Where the
activation and the state before are variable tensors, they are replaced by the new ones.

Source: ``lstm.cc``, ``lstm_eval.cc``, ``LstmCell`` of ``optimized_ops.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.lstm import INPUTS, NAMES, Stages, lstm_sizes, lstm_specs, lstm_stages, states_of, type_row
from pytflite.ops._shared.lstm_8x8_8 import INTERMEDIATES, Lstm8x8x8, params_8x8_8, steps_8x8_8
from pytflite.ops._shared.lstm_cell import QuantizedCell, cell_params, cell_shapes, float_cell, quantized_cell
from pytflite.ops._shared.lstm_float import FloatLstm, float_params, float_steps
from pytflite.ops._shared.lstm_integer import IntegerLstm, integer_params, integer_steps
from pytflite.schema.enums import BuiltinOperator, LSTMKernelType
from pytflite.schema.tables import LSTMOptions

Array = npt.NDArray[Any]

_, PREVIOUS, WEIGHTS, BIAS, STATE = NAMES[:5]
"""What the inputs of the basic kernel are called here: they stand where the whole kernel has others."""

OP = Op(
    BuiltinOperator.LSTM,
    INPUTS,
    "output cell_output? concatenated? gates?",
    LSTMOptions,
    mutates=f"output_state cell_state {PREVIOUS} {STATE}",
)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """(batch, outputs), or the four shapes of the basic kernel."""
    if is_basic(node):
        return cell_shapes(node, PREVIOUS, WEIGHTS, BIAS, STATE)
    input = node["input"]
    node.require(len(input.shape) == 2, f"{input} must have 2 dimensions.")
    sizes = lstm_sizes(node, lstm_specs(node), input.shape[0], diagonal=False)
    return [(sizes.batch, sizes.output)]


def is_basic(node: Node) -> bool:
    """Whether this is the basic kernel, which has five inputs."""
    basic: bool = node.options.kernel_type == LSTMKernelType.BASIC
    kernel, inputs = ("basic", "5") if basic else ("whole", "20 or 24")
    node.require(
        basic == (len(node.inputs) == 5), f"{len(node.inputs)} inputs given. The {kernel} kernel has {inputs}."
    )
    return basic


def step_float_params(node: Node) -> FloatLstm:
    """Params of the rules for whole layers with float32 activations."""
    return float_params(node, lstm_specs(node), time_major=True)


def step_integer_params(node: Node) -> IntegerLstm:
    """Params of the rule for whole layers with int8 activations."""
    return integer_params(node, lstm_specs(node), time_major=True)


def step_8x8_8_params(node: Node) -> Lstm8x8x8:
    """Params of the rule for whole layers with twelve intermediate tensors."""
    return params_8x8_8(node, lstm_specs(node), mixed=True)


def apart_params(node: Node) -> Lstm8x8x8:
    """The same, where the output gate has no multiplier of another."""
    return params_8x8_8(node, lstm_specs(node), mixed=False)


def has_all_intermediates(node: Node) -> bool:
    """Whether there are twelve."""
    return len(node.intermediates) == INTERMEDIATES


def basic_params(node: Node) -> QuantizedCell:
    """Params of the basic rule for uint8."""
    return cell_params(node, WEIGHTS, BIAS, STATE)


@OP.rule(
    "float32",
    type_row("f32", "f32", "f32", "f32", "f32", "f32", "f32", "f32"),
    params=step_float_params,
    note="Exact for ai_edge_litert 2.3; the Eigen of TensorFlow 2.21 differs in the last bits. Without a fused "
    "activation the real kernel takes the bias for the cell gate where the input is all zero.",
)
@OP.rule("hybrid", type_row("f32", "W", "W", "W", "f32", "f32", "f32", "f32"), W="i8 u8", params=step_float_params)
def define_float(*arguments: Any) -> Stages:
    """One step of a whole layer."""
    *inputs, p = arguments
    tensors = dict(zip(NAMES, inputs, strict=True))
    yield from lstm_stages(float_steps(tensors, p, *step_of(tensors)), tensors, lambda values: values[0])


INTEGER = type_row("i8", "i8", "i8", "i16", "i32", "i8", "i16", "i16")


@OP.rule("int8", INTEGER, params=step_integer_params)
def define_integer(*arguments: Any) -> Stages:
    """The same in integers."""
    *inputs, p = arguments
    tensors = dict(zip(NAMES, inputs, strict=True))
    yield from lstm_stages(integer_steps(tensors, p, *step_of(tensors)), tensors, lambda values: values[0])


@OP.rule("int8_products", INTEGER, params=step_8x8_8_params, when=has_all_intermediates)
@OP.rule("int8_products_apart", INTEGER, params=apart_params, when=has_all_intermediates, by_name=True)
def define_8x8_8(*arguments: Any) -> Stages:
    """The same with int8 products."""
    *inputs, p = arguments
    tensors = dict(zip(NAMES, inputs, strict=True))
    yield from lstm_stages(steps_8x8_8(tensors, p, *step_of(tensors)), tensors, lambda values: values[0])


def step_of(tensors: dict[str, Any]) -> tuple[list[Array], Array, Array]:
    """Inputs (1, batch, inputs) and states (batch, ...)."""
    input = tensors["input"]
    return [input[np.newaxis]], *states_of(tensors, len(input))


@OP.rule("basic_float32", "f32 f32 f32 f32 f32 -> f32 f32 f32 f32")
def define_basic_float(input: Array, previous: Array, weights: Array, bias: Array, state: Array, *rest: None) -> Stages:
    """One step of a basic cell."""
    yield from with_states(float_cell(input, previous, weights, bias, state))


@OP.rule("basic_uint8", "u8 u8 u8 i32 i16 -> u8 i16 u8 i16", params=basic_params)
def define_basic_uint8(input: Array, previous: Array, weights: Array, bias: Array, state: Array, *rest: Any) -> Stages:
    """The same in fixed point."""
    yield from with_states(quantized_cell(input, previous, weights, bias, state, rest[-1]))


def with_states(stages: Stages) -> Stages:
    """The stages, and the new activation and state once more for the variable tensors."""
    replaced = {"output": PREVIOUS, "cell_output": STATE}
    for name, value in stages:
        yield name, value
        if name in replaced:
            yield replaced[name], value.copy()
