"""RELU6: clamp to [0, 6].

input: any shape. output: the same shape.

int8, uint8, int16: the input without its zero point, one multiplier, the output zero point, the clamp. float32: the
clamp; NaN and minus 0 pass.

Source: ``activations.cc``, ``reference/reference_ops.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.rounding import round_half_away, truncate_to_int32
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.activations import ClampParams, clamp_float, clamp_params, clamp_quantized, same_shape
from pytflite.ops._shared.lookup import tabulated
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.RELU6)


shapes = OP.shapes(same_shape)


params = clamp_params("RELU6")


@OP.rule("int8", "i8 -> i8", params=tabulated(params), kernel="lookup")
@OP.rule("uint8", "u8 -> u8", params=tabulated(params), kernel="lookup")
@OP.rule("int16", "i16 -> i16", params=params)
def define_quantized(input: Array, p: ClampParams) -> Stages:
    """To the output's scale, then the clamp."""
    yield from clamp_quantized(input, p)


class CodeParams(NamedTuple):
    """What the rule without rescaling is given.

    Attributes:
        zero: the input's code of 0.
        six: the input's code of 6.
    """

    zero: int
    six: int


def code_params(node: Node) -> CodeParams:
    """The bounds; the output's quantization does not count (``Relu6Prepare``, micro/kernels/activations_common.cc)."""
    input = node["input"]
    rounded = round_half_away(np.float64(np.float32(6) / input.scale))
    six = np.clip(truncate_to_int32(rounded) + input.zero_point, input.qmin, input.qmax)
    return CodeParams(input.zero_point, int(six))


@OP.rule("not_rescaled", "T -> T", params=code_params, by_name=True, T="i8 i16")
def define_not_rescaled(input: Array, p: CodeParams) -> Array:
    """The input's codes, clamped."""
    return np.where(input > p.six, p.six, np.maximum(input, p.zero)).astype(input.dtype)


@OP.rule("float32", "f32 -> f32")
def define_float(input: Array, p: None) -> Array:
    """The clamp."""
    return clamp_float(input, "RELU6")
