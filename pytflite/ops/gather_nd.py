"""GATHER_ND: slices of a tensor, picked by the leading coordinates.

params: rank from 1. indices: (wanted..., n) integers, each row the first n coordinates of a slice.
output: (wanted..., the sizes of params after the first n).

Source: ``gather_nd.cc``, ``reference/reference_ops.h`` (GatherNd).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import InvokeError
from pytflite.ops._api import Node, Op, Shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import GatherNdOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.GATHER_ND, "params indices", "output", GatherNdOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """One slice for each row of indices."""
    params, indices = node["params"], node["indices"]
    node.require(params.shape, f"{params} must be at least a vector.")
    node.require(indices.shape, f"{indices} must be at least a vector.")
    count = indices.shape[-1]
    node.require(1 <= count <= len(params.shape), f"{indices} gives {count} coordinates of {params}.")
    node.require(0 not in params.shape or 0 in indices.shape, f"{params} must have elements.")
    return [(*indices.shape[:-1], *params.shape[count:])]


@OP.rule("copy", "T I -> T", T="f32 f16 bf16 u8 i8 i16 i32 i64 b str", I="i16 i32 i64")
def define(params: Array, indices: Array, p: None) -> Array:
    """Pick by all coordinates at once."""
    coordinates = np.moveaxis(indices, -1, 0)
    sizes = params.shape[: len(coordinates)]
    if any(c.size and not 0 <= c.min() <= c.max() < size for c, size in zip(coordinates, sizes, strict=True)):
        raise InvokeError(f"gather_nd index out of bounds: the coordinates must be below {list(sizes)}.")
    picked: Array = params[tuple(coordinates)]
    return picked
