"""SQRT: the square root.

input: any shape. output: the same shape.

int8, int16: dequantized, the root, divided by the output's scale, cut off, plus the output zero point; all in float32.
Codes below the zero point are refused. float32: the root, NaN of numbers below 0.

Source: ``elementwise.cc``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.rounding import truncate_to_int32, wrap_int32
from pytflite.errors import InvokeError
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.activations import require_symmetric, same_shape
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.SQRT)

shapes = OP.shapes(same_shape)


class SqrtParams(NamedTuple):
    """What the integer rules are given.

    Attributes:
        input_scale: of the codes.
        input_offset: minus the zero point of the input.
        output_scale: of the roots.
        output_offset: plus the zero point of the output.
    """

    input_scale: np.float32
    input_offset: int
    output_scale: np.float32
    output_offset: int


def params(node: Node) -> SqrtParams:
    """Scales and zero points."""
    require_symmetric(node)
    input, output = node["input"], node["output"]
    return SqrtParams(input.scale, -input.zero_point, output.scale, output.zero_point)


@OP.rule("int8", "i8 -> i8", params=params)
@OP.rule("int16", "i16 -> i16", params=params)
def define_quantized(input: Array, p: SqrtParams) -> Stages:
    """The root of the real number."""
    value = input.astype(np.int64) + p.input_offset
    if (value < 0).any():
        raise InvokeError("Sqrt is only defined for non-negative values.")
    root = np.sqrt(p.input_scale * value.astype(np.float32))
    yield "root", root
    shifted = wrap_int32(truncate_to_int32(root / p.output_scale) + p.output_offset)
    limits = np.iinfo(input.dtype)
    yield "output", np.clip(shifted, limits.min, limits.max).astype(input.dtype)


@OP.rule("float32", "f32 -> f32")
def define_float(input: Array, p: None) -> Array:
    """The root."""
    return np.sqrt(input)
