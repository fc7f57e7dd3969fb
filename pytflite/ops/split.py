"""SPLIT: equal parts along one axis.

axis: one int32. input: any rank from 1. outputs: ``num_splits`` tensors, each the input's shape but for the axis.

Source: ``split.cc``, ``reference/split.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import axis_of, integers
from pytflite.ops._shared.types import INT32
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SplitOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.SPLIT, "axis input", "output*", SplitOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The input's shape, the axis divided by the number of outputs."""
    input, parts = node["input"], len(node.all("output"))
    node.require(parts == node.options.num_splits, f"num_splits is {node.options.num_splits}, outputs are {parts}.")
    axis = axis_to_split(node)
    node.require(input.shape[axis] % parts == 0, f"Axis {axis} of {input} cannot be split into {parts} equal parts.")
    return [(*input.shape[:axis], input.shape[axis] // parts, *input.shape[axis + 1 :])] * parts


def axis_to_split(node: Node) -> int:
    """The axis, counted from the front."""
    return axis_of(node, integers(node, "axis")[0], len(node["input"].shape))


def params(node: Node) -> tuple[int, int]:
    """Number of parts and axis."""
    return len(node.all("output")), axis_to_split(node)


@OP.rule("copy", "I T -> T*", params=params, I=INT32, T="f32 i8 u8 i16 i32 i64")
def define(axis: Array, input: Array, p: tuple[int, int]) -> tuple[Array, ...]:
    """Each part is a copy."""
    return tuple(part.copy() for part in np.split(input, *p))
