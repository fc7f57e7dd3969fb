"""WHERE: the coordinates of the elements that are not zero.

condition: rank from 1. output: (number of such elements, rank) int64, in row-major order.

Source: ``where.cc``, ``reference/reference_ops.h`` (SelectTrueCoords).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import WhereOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.WHERE, "condition", "output", WhereOptions)


@OP.shapes
def shapes(node: Node) -> list[None]:
    """Only the values decide."""
    node.require(node["condition"].shape, f"{node['condition']} must have at least 1 dimension.")
    return [None]


@OP.rule("coordinates", "T -> i64", T="b f32 i64 i32 i8 u8 u32")
def define(condition: Array, p: None) -> Array:
    """NaN is not zero."""
    return np.argwhere(condition != 0).astype(np.int64)
