"""MAXIMUM: the larger of two elements.

input1, input2: shapes that broadcast. output: the shape that they broadcast to.

Codes are compared as they are, whatever they stand for. Where the first is not larger the second is taken, so also
where zeros differ in sign and where either is NaN.

Source: ``maximum_minimum.cc``, ``reference/maximum_minimum.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.bfloat16 import bfloat16_to_float32
from pytflite.ops._api import Op
from pytflite.ops._shared.elementwise import broadcast_shapes
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import MaximumMinimumOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.MAXIMUM, "input1 input2", "output", MaximumMinimumOptions)

shapes = OP.shapes(broadcast_shapes)


@OP.rule("compare", "T T -> T", T="f32 f16 i8 u8 i16 i32 i64")
def define(input1: Array, input2: Array, p: None) -> Array:
    """The first where it is larger."""
    return np.where(input1 > input2, input1, input2)


@OP.rule("bfloat16", "bf16 bf16 -> bf16")
def define_bfloat16(input1: Array, input2: Array, p: None) -> Array:
    """The first where it stands for a larger number."""
    return np.where(bfloat16_to_float32(input1) > bfloat16_to_float32(input2), input1, input2)
