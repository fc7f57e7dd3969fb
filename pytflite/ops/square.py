"""SQUARE: a number times itself.

input: any shape. output: the same shape.

Source: ``elementwise.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Op
from pytflite.ops._shared.activations import same_shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SquareOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.SQUARE, options=SquareOptions)

shapes = OP.shapes(same_shape)


@OP.rule("float32", "f32 -> f32")
def define(input: Array, p: None) -> Array:
    """The product."""
    return np.square(input)
