"""RIGHT_SHIFT: an integer divided by a power of two, downward.

input1: what is shifted. input2: by how many bits. Their shapes broadcast. output: the shape that they broadcast to.

Shifts below 0 count as 0, those beyond the width of the type as one bit less than it.

Source: ``right_shift.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Op
from pytflite.ops._shared.elementwise import broadcast_shapes
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import RightShiftOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.RIGHT_SHIFT, "input1 input2", "output", RightShiftOptions)

shapes = OP.shapes(broadcast_shapes)


@OP.rule("integer", "I I -> I", I="i8 u8 i16 u16 i32 u32")
def define(input1: Array, input2: Array, p: None) -> Array:
    """Arithmetic for signed types."""
    shifted: Array = input1 >> np.clip(input2, 0, input1.dtype.itemsize * 8 - 1)
    return shifted
