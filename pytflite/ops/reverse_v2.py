"""REVERSE_V2: some dimensions in reverse order.

input: rank up to 8. axis: int32 vector, the axes to reverse, which must follow one another.

Source: ``reverse.cc``, ``reference/reference_ops.h`` (Reverse).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import axis_of, integers
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ReverseV2Options

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.REVERSE_V2, "input axis", "output", ReverseV2Options)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The input's shape."""
    input, axis = node["input"], node["axis"]
    node.require(len(input.shape) <= 8, f"{input} must have at most 8 dimensions.")
    node.require(
        len(axis.shape) == 1 and 1 <= axis.shape[0] <= len(input.shape),
        f"{axis} must be a vector with an element for each axis to reverse, {len(input.shape)} at most.",
    )
    return [input.shape]


def axes(node: Node) -> tuple[int, ...]:
    """The axes in ascending order, counted from the front."""
    found = sorted(axis_of(node, axis, len(node["input"].shape)) for axis in integers(node, "axis"))
    node.require(found == list(range(found[0], found[-1] + 1)), f"Axes {found} must follow one another.")
    return tuple(found)


@OP.rule("copy", "T i32 -> T", params=axes, T="f32 f16 bf16 u8 i8 i16 i32 i64 b")
def define(input: Array, axis: Array, p: tuple[int, ...]) -> Array:
    """Back to front."""
    return np.flip(input, p).copy()
