"""STABLEHLO_MULTIPLY: the product of two tensors, element by element.

input1, input2: the same shape. output: that shape. Integers wrap, of booleans both must be true.

Source: ``stablehlo_multiply.cc``, ``stablehlo_elementwise.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Op
from pytflite.ops._shared.stablehlo import NUMBERS, equal_shapes
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.STABLEHLO_MULTIPLY, "input1 input2")

shapes = OP.shapes(equal_shapes)


@OP.rule("plain", "T T -> T", T=NUMBERS)
def define(input1: Array, input2: Array, p: None) -> Array:
    """The product of the numbers."""
    return np.multiply(input1, input2)
