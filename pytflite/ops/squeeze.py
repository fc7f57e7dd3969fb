"""SQUEEZE: the same elements without some dimensions of size 1.

input: rank up to 8. output: without the dimensions that the options list, or without any of size 1 when they list none.

Source: ``squeeze.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import axis_of
from pytflite.ops._shared.types import ANY
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SqueezeOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.SQUEEZE, "input", "output", SqueezeOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The dimensions that remain."""
    input = node["input"]
    rank = len(input.shape)
    node.require(rank <= 8, f"{input} must have at most 8 dimensions.")
    listed = {axis_of(node, axis, rank) for axis in node.options.squeeze_dims}
    for axis in listed:
        node.require(input.shape[axis] == 1, f"Axis {axis} of {input} must have the size 1.")
    dropped = listed or {axis for axis, size in enumerate(input.shape) if size == 1}
    return [tuple(size for axis, size in enumerate(input.shape) if axis not in dropped)]


def params(node: Node) -> Shape:
    """The output shape."""
    return node["output"].shape


@OP.rule("copy", "T -> T", params=params, T=ANY)
def define(input: Array, p: Shape) -> Array:
    """Row-major order is kept."""
    return input.reshape(p).copy()
