"""LOGICAL_NOT: whether a condition does not hold.

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
from pytflite.schema.tables import LogicalNotOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.LOGICAL_NOT, options=LogicalNotOptions)

shapes = OP.shapes(same_shape)


@OP.rule("bool", "b -> b")
def define(input: Array, p: None) -> Array:
    """Not."""
    return np.logical_not(input)
