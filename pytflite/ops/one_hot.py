"""ONE_HOT: a vector for each index, "on" at that position and "off" elsewhere.

indices: integers, any shape. depth: one int32, the length of the vectors. on_value, off_value: one element each.
output: the indices' shape with depth at ``axis``, -1 for the last. An index outside of [0, depth) gives all "off".

Source: ``one_hot.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import integers
from pytflite.ops._shared.types import INT32
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import OneHotOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.ONE_HOT, "indices depth on_value off_value", "output", OneHotOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The indices' shape with depth at the axis."""
    indices, rank, axis = node["indices"], len(node["indices"].shape), node.options.axis
    for role in ("depth", "on_value", "off_value"):
        node.require(all(size == 1 for size in node[role].shape), f"{node[role]} must have one element.")
    node.require(-1 <= axis <= rank, f"Axis {axis} is not in the range [-1, {rank}].")
    (depth,) = integers(node, "depth")
    node.require(depth >= 0, f"{node['depth']} must not be negative.")
    place = params(node)
    return [(*indices.shape[:place], depth, *indices.shape[place:])]


def params(node: Node) -> int:
    """The axis of the vectors, counted from the front."""
    rank, axis = len(node["indices"].shape), node.options.axis
    return rank if axis == -1 else int(axis)


@OP.rule("select", "I D T T -> T", params=params, I="i32 i64", D=INT32, T="f32 i32 i64 i8 u8 b")
def define(indices: Array, depth: Array, on_value: Array, off_value: Array, p: int) -> Array:
    """Compare each index, taken as int32, with every position."""
    positions = np.arange(depth.item())
    hot = np.expand_dims(indices.astype(np.int32), p) == positions.reshape(-1, *[1] * (indices.ndim - p))
    return np.where(hot, on_value.reshape(()), off_value.reshape(()))
