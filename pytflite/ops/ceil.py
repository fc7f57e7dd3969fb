"""CEIL: the next integer above.

input: any shape. output: the same shape.

Source: ``ceil.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Op
from pytflite.ops._shared.activations import same_shape
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.CEIL)

shapes = OP.shapes(same_shape)


@OP.rule("float32", "f32 -> f32")
def define(input: Array, p: None) -> Array:
    """Upward."""
    return np.ceil(input)
