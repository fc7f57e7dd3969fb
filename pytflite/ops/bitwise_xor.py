"""BITWISE_XOR: the bits in which two elements differ.

input1, input2: shapes that broadcast. output: the shape that they broadcast to.

Source: ``bitwise_xor.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Op
from pytflite.ops._shared.elementwise import broadcast_shapes
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import BitwiseXorOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.BITWISE_XOR, "input1 input2", "output", BitwiseXorOptions)

shapes = OP.shapes(broadcast_shapes)


@OP.rule("integer", "I I -> I", I="i8 u8 i16 u16 i32 u32")
def define(input1: Array, input2: Array, p: None) -> Array:
    """Exclusive or."""
    return np.bitwise_xor(input1, input2)
