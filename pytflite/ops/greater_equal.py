"""GREATER_EQUAL: whether the first of two elements is larger, or equal.

input1, input2: shapes that broadcast. output: bool, the shape that they broadcast to.

int8, uint8: the inputs without their zero points, 8 bits up, are multiplied by their scales and compared; of a scale
above 1 only the sign is left. Everything else is compared as it is, so also codes of int16.

Source: ``comparisons.cc``, ``reference/comparisons.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Op
from pytflite.ops._shared.comparisons import ComparedParams, Stages, compared, compared_params
from pytflite.ops._shared.elementwise import broadcast_shapes
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import GreaterEqualOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.GREATER_EQUAL, "input1 input2", "output", GreaterEqualOptions)

shapes = OP.shapes(broadcast_shapes)


@OP.rule("int8", "i8 i8 -> b", params=compared_params)
@OP.rule("uint8", "u8 u8 -> b", params=compared_params)
def define(input1: Array, input2: Array, p: ComparedParams) -> Stages:
    """As real numbers."""
    return compared(np.greater_equal, input1, input2, p)


@OP.rule("plain", "T T -> b", T="f32 f16 i16 i32 i64")
def define_plain(input1: Array, input2: Array, p: None) -> Array:
    """As they are."""
    return np.greater_equal(input1, input2)
