"""STABLEHLO_SHIFT_LEFT: an integer times a power of two.

input1: what is shifted. input2: by how many bits; the same shape. output: that shape.

Bits that leave the type are lost. Shifts below 0 or beyond 31 give 0, as StableHLO wants it.

Source: ``stablehlo_shift_left.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Op
from pytflite.ops._shared.stablehlo import equal_shapes
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import StablehloShiftLeftOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.STABLEHLO_SHIFT_LEFT, "input1 input2", "output", StablehloShiftLeftOptions)

shapes = OP.shapes(equal_shapes)


NOTE = "Shifts below 0 or beyond 31 are undefined in C++: what tf.lite makes of them differs from element to element."


@OP.rule("integer", "I I -> I", I="i8 i16 i32", note=NOTE)
def define(input1: Array, input2: Array, p: None) -> Array:
    """In 64 bits, which are cut to the type."""
    counts = np.where((input2 >= 0) & (input2 < 32), input2, 32).astype(np.int64)
    return (input1.astype(np.int64) << counts).astype(input1.dtype)
