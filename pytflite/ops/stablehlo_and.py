"""STABLEHLO_AND: the bits that two elements share.

input1, input2: the same shape. output: that shape. Of booleans both must be true.

Source: ``stablehlo_and.cc``, ``stablehlo_elementwise.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Op
from pytflite.ops._shared.stablehlo import INTEGERS, equal_shapes
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.STABLEHLO_AND, "input1 input2")

shapes = OP.shapes(equal_shapes)


@OP.rule("plain", "T T -> T", T=INTEGERS)
def define(input1: Array, input2: Array, p: None) -> Array:
    """Bit by bit."""
    return np.bitwise_and(input1, input2)
