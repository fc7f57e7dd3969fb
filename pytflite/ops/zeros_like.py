"""ZEROS_LIKE: zeros in the shape of a tensor.

input: any. output: the same shape and type.

Source: ``zeros_like.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ZerosLikeOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.ZEROS_LIKE, "input", "output", ZerosLikeOptions, shape_only=True)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The input's shape."""
    return [node["input"].shape]


def params(node: Node) -> np.dtype[Any]:
    """The output's type."""
    return node["output"].dtype


@OP.rule("zeros", "T -> T", params=params, T="i64 i32 f32")
def define(input: Array, p: np.dtype[Any]) -> Array:
    """Nothing but the shape is looked at."""
    return np.zeros(input.shape, p)
