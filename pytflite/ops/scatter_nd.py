"""SCATTER_ND: slices added into zeros at given coordinates.

indices: (wanted..., n) int32, each row the first n coordinates of a slice. updates: (wanted..., the sizes of the output
after the first n). shape: int32 vector, the output's. Slices with the same coordinates are added one after the other in
row-major order; integers wrap.

Source: ``scatter_nd.cc``, ``reference/reference_ops.h`` (ScatterNd).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import InvokeError
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import integers
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ScatterNdOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.SCATTER_ND, "indices updates shape", "output", ScatterNdOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The wanted shape."""
    indices, updates, shape = node["indices"], node["updates"], node["shape"]
    node.require(len(shape.shape) == 1, f"{shape} must be a vector.")
    node.require(indices.shape, f"{indices} must be at least a vector.")
    node.require(updates.shape, f"{updates} must be at least a vector.")
    wanted, count = integers(node, "shape"), indices.shape[-1]
    node.require(min(wanted, default=0) >= 0, f"{shape} holds negative sizes.")
    node.require(count <= len(wanted), f"{indices} gives {count} coordinates of {len(wanted)} dimensions.")
    expected = (*indices.shape[:-1], *wanted[count:])
    node.require(updates.shape == expected, f"{updates} must have the shape {list(expected)}.")
    return [wanted]


def params(node: Node) -> Shape:
    """The output shape."""
    return node["output"].shape


@OP.rule("add", "i32 T i32 -> T", params=params, T="f32 u8 b i8 i64 i32")
def define(indices: Array, updates: Array, shape: Array, p: Shape) -> Array:
    """One addition after the other."""
    coordinates = np.moveaxis(indices, -1, 0)
    sizes = p[: len(coordinates)]
    if any(c.size and not 0 <= c.min() <= c.max() < size for c, size in zip(coordinates, sizes, strict=True)):
        raise InvokeError(f"scatter_nd index out of bounds: the coordinates must be below {list(sizes)}.")
    output: Array = np.zeros((1, *p), updates.dtype)
    np.add.at(output, (np.zeros(indices.shape[:-1], int), *coordinates), updates)
    return output.reshape(p)
