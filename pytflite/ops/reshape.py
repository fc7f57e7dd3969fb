"""RESHAPE: the same elements in another shape.

input: any. shape: int32 vector, or absent: then the shape in the options. One entry may be -1: whatever is left.
output: the input's elements in row-major order.

Source: ``reshape.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
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
    stretch = [i for i, size in enumerate(wanted) if size == -1]
    node.require(
        len(stretch) <= 1 and all(size >= -1 for size in wanted),
        f"Shape {list(wanted)} may have one -1 and no other negative entry.",
    )
    count = int(np.prod(input.shape, dtype=np.int64))
    if stretch:
        rest = int(np.prod([size for size in wanted if size != -1], dtype=np.int64))
        wanted = tuple(count // rest if size == -1 and rest else max(size, 0) for size in wanted)
    node.require(
        int(np.prod(wanted, dtype=np.int64)) == count, f"{input} has {count} elements, shape {list(wanted)} does not."
    )
    return [wanted]


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
