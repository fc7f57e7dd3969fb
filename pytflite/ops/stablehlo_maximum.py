"""STABLEHLO_MAXIMUM: the larger of two elements.

input1, input2: the same shape. output: that shape. The first stays unless the second is larger, so also where
either is NaN.

Source: ``stablehlo_min_max.cc``, ``stablehlo_elementwise.h``.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from pytflite.arithmetic.choice import larger
from pytflite.ops._api import Op
from pytflite.ops._shared.stablehlo import NUMBERS, equal_shapes
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.STABLEHLO_MAXIMUM, "input1 input2")

shapes = OP.shapes(equal_shapes)


@OP.rule("plain", "T T -> T", T=NUMBERS)
def define(input1: Array, input2: Array, p: None) -> Array:
    """The second where it is larger."""
    return larger(input1, input2)
