"""LOGICAL_OR: whether at least one of two conditions holds.

input1, input2: shapes that broadcast. output: the shape that they broadcast to.

Source: ``logical.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Op
from pytflite.ops._shared.elementwise import broadcast_shapes
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import LogicalOrOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.LOGICAL_OR, "input1 input2", "output", LogicalOrOptions)

shapes = OP.shapes(broadcast_shapes)


@OP.rule("bool", "b b -> b")
def define(input1: Array, input2: Array, p: None) -> Array:
    """Or."""
    return np.logical_or(input1, input2)
