"""SPLIT_V: parts of given sizes along one axis.

input: any rank from 1. size_splits: one integer for each output; a single -1 takes what is left. axis: one int32.
outputs: ``num_splits`` tensors, each the input's shape but for the axis.

Source: ``split_v.cc``, ``reference/split.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import axis_of, integers
from pytflite.ops._shared.types import INT32
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SplitVOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.SPLIT_V, "input size_splits axis", "output*", SplitVOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The input's shape with each size at the axis."""
    input, axis = node["input"], axis_to_split(node)
    return [(*input.shape[:axis], size, *input.shape[axis + 1 :]) for size in sizes(node)]


def axis_to_split(node: Node) -> int:
    """The axis, counted from the front."""
    return axis_of(node, integers(node, "axis")[0], len(node["input"].shape))


def sizes(node: Node) -> list[int]:
    """The size of each part."""
    input, size_splits, parts = node["input"], node["size_splits"], len(node.all("output"))
    node.require(parts == node.options.num_splits, f"num_splits is {node.options.num_splits}, outputs are {parts}.")
    node.require(size_splits.shape == (parts,), f"{size_splits} must have {parts} elements.")
    wanted, whole = integers(node, "size_splits"), input.shape[axis_to_split(node)]
    node.require(
        wanted.count(-1) <= 1 and min(wanted, default=0) >= -1,
        f"{size_splits} may hold one -1 and no other negative value.",
    )
    left = whole - sum(size for size in wanted if size != -1)
    node.require(
        left >= 0 if -1 in wanted else left == 0, f"Sizes {list(wanted)} do not add up to {whole}, the axis of {input}."
    )
    return [left if size == -1 else size for size in wanted]


def params(node: Node) -> tuple[list[int], int]:
    """Where each part but the first starts, and the axis."""
    return [int(start) for start in np.cumsum(sizes(node))[:-1]], axis_to_split(node)


@OP.rule("copy", "T S I -> T*", params=params, T="f32 i8 u8 i16 i32 i64", S="i32 i64", I=INT32)
def define(input: Array, size_splits: Array, axis: Array, p: tuple[list[int], int]) -> tuple[Array, ...]:
    """Each part is a copy."""
    return tuple(part.copy() for part in np.split(input, *p))
