"""RANK: the number of dimensions of a tensor.

input: any. output: int32 scalar.

Source: ``rank.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.types import ANY
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import RankOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.RANK, "input", "output", RankOptions, shape_only=True)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """A scalar."""
    return [()]


@OP.rule("rank", "T -> i32", T=ANY)
def define(input: Array, p: None) -> Array:
    """Nothing but the shape is looked at."""
    return np.array(input.ndim, np.int32)
