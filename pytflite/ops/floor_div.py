"""FLOOR_DIV: the quotient of two elements, rounded down.

input1, input2: shapes that broadcast. output: the shape that they broadcast to.

All types are divided in float64, codes as they are. Division by 0 is refused, also of floats.

Source: ``floor_div.cc``, ``reference/floor_div.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.rounding import truncate_to_int32
from pytflite.ops._api import Op
from pytflite.ops._shared.division import require_divisors
from pytflite.ops._shared.elementwise import broadcast_shapes
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import FloorDivOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.FLOOR_DIV, "input1 input2", "output", FloorDivOptions)

NOTE = "The lowest number by -1 wraps around; what the real kernel makes of it depends on the place in the tensor."

shapes = OP.shapes(broadcast_shapes)


@OP.rule("int32", "i32 i32 -> i32")
@OP.rule("narrow", "I I -> I", I="i8 i16", note=NOTE)
def define_integer(input1: Array, input2: Array, p: None) -> Array:
    """Rounded down, then cut to the type."""
    return truncate_to_int32(floor_div(input1, input2)).astype(input1.dtype)


@OP.rule("float32", "f32 f32 -> f32")
def define_float32(input1: Array, input2: Array, p: None) -> Array:
    """Rounded down."""
    return floor_div(input1, input2).astype(np.float32)


def floor_div(dividend: Array, divisor: Array) -> Array:
    """In float64."""
    require_divisors(divisor)
    return np.floor(dividend.astype(np.float64) / divisor.astype(np.float64))
