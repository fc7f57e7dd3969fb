"""FLOOR_MOD: what is left of the first element when the second is taken from it as often as it fits.

input1, input2: shapes that broadcast. output: the shape that they broadcast to.

The rest has the sign of the divisor, a rest of 0 that of the dividend. Codes are taken as they are. Integers refuse to
be divided by 0; floats are NaN then.

Source: ``floor_mod.cc``, ``reference/floor_mod.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Op
from pytflite.ops._shared.division import require_divisors
from pytflite.ops._shared.elementwise import broadcast_shapes
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import FloorModOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.FLOOR_MOD, "input1 input2", "output", FloorModOptions)

shapes = OP.shapes(broadcast_shapes)


@OP.rule("integer", "I I -> I", I="i8 i16 i32 i64")
def define_integer(input1: Array, input2: Array, p: None) -> Array:
    """With the divisor's sign."""
    require_divisors(input2)
    return floor_mod(input1, input2)


@OP.rule("float32", "f32 f32 -> f32")
def define_float32(input1: Array, input2: Array, p: None) -> Array:
    """With the divisor's sign."""
    return floor_mod(input1, input2)


def floor_mod(dividend: Array, divisor: Array) -> Array:
    """C's remainder, plus the divisor where their signs differ."""
    rest = np.fmod(dividend, divisor)
    return np.where((rest != 0) & ((divisor < 0) != (rest < 0)), rest + divisor, rest)
