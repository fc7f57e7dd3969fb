"""EQUAL: whether two elements are equal.

input1, input2: shapes that broadcast. output: bool, the shape that they broadcast to.

int8, uint8, int16: the inputs without their zero points, 8 bits up, are multiplied by their scales and compared; of a
scale above 1 only the sign is left. int16 without quantization, strings and all other types are compared as they are.

Source: ``comparisons.cc``, ``reference/comparisons.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Op
from pytflite.ops._shared.comparisons import ComparedParams, Stages, compared, compared_params, has_plain_inputs
from pytflite.ops._shared.elementwise import broadcast_shapes
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import EqualOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.EQUAL, "input1 input2", "output", EqualOptions)

shapes = OP.shapes(broadcast_shapes)


@OP.rule("int8", "i8 i8 -> b", params=compared_params)
@OP.rule("uint8", "u8 u8 -> b", params=compared_params)
@OP.rule("int16", "i16 i16 -> b", params=compared_params)
def define(input1: Array, input2: Array, p: ComparedParams) -> Stages:
    """As real numbers."""
    return compared(np.equal, input1, input2, p)


@OP.rule("plain", "T T -> b", T="b f32 f16 i32 i64 str")
@OP.rule("int16_plain", "i16 i16 -> b", when=has_plain_inputs)
def define_plain(input1: Array, input2: Array, p: None) -> Array:
    """As they are."""
    return np.equal(input1, input2)
