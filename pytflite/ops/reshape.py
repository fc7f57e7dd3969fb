"""RESHAPE: the same elements in another shape.

input: any. shape: int32 vector, or absent: then the shape in the options. One entry may be -1: whatever is left.
output: the input's elements in row-major order.

Source: ``reshape.cc``.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.types import ANY
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ReshapeOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.RESHAPE, "input shape?", "output", ReshapeOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The wanted shape, its -1 resolved."""
    input, wanted = node["input"], wanted_shape(node)
    node.require(
        wanted.count(-1) <= 1 and min(wanted, default=0) >= -1,
        f"Shape {list(wanted)} may have one -1 and no other negative entry.",
    )
    count, rest = prod(input.shape), prod(size for size in wanted if size != -1)
    # Zeros are left out where both sides have them: a shape of [0, -1] takes (0, 3).
    left = prod(size or 1 for size in input.shape) // prod(size for size in wanted if size > 0)
    stretched = tuple((0 if count == 0 != rest else left) if size == -1 else size for size in wanted)
    node.require(prod(stretched) == count, f"{input} has {count} elements, shape {list(wanted)} does not.")
    return [stretched]


def wanted_shape(node: Node) -> Shape:
    """The shape that the operator asks for, from its second input or from its options."""
    shape = node.get("shape")
    if shape is not None and len(shape.shape) == 1 and shape.letter == "i32":
        return tuple(int(size) for size in node.value("shape"))
    new_shape = tuple(int(size) for size in node.options.new_shape)
    return () if new_shape == (0,) else new_shape  # how old converters wrote a scalar


def params(node: Node) -> Shape:
    """The output shape."""
    return node["output"].shape


@OP.rule("copy", "T i32? -> T", params=params, T=ANY)
def define(input: Array, shape: Array | None, p: Shape) -> Array:
    """Row-major order is kept."""
    return input.reshape(p).copy()
