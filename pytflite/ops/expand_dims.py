"""EXPAND_DIMS: the same elements with a dimension of size 1 more.

input: any. axis: one integer in [-rank - 1, rank], where the new dimension goes in the output.

Source: ``expand_dims.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import axis_of, integers, require_same_quantization
from pytflite.ops._shared.types import ANY
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ExpandDimsOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.EXPAND_DIMS, "input axis", "output", ExpandDimsOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The input's shape with a 1 at the axis."""
    input, output, axis = node["input"], node["output"], node["axis"]
    node.require(all(size == 1 for size in axis.shape), f"{axis} must have one element.")
    require_same_quantization(node, input, output)
    node.require(input.letter != "i16" or input.zero_point == 0, f"The zero point of {input} must be 0.")
    place = axis_of(node, integers(node, "axis")[0], len(input.shape) + 1)
    return [(*input.shape[:place], 1, *input.shape[place:])]


def params(node: Node) -> Shape:
    """The output shape."""
    return node["output"].shape


@OP.rule("copy", "T A -> T", params=params, T=ANY, A="i32 i64")
def define(input: Array, axis: Array, p: Shape) -> Array:
    """Row-major order is kept."""
    return input.reshape(p).copy()
