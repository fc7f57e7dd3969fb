"""SELECT: elements of one tensor where a condition holds, of another where it does not.

condition: bool, of the shape of x, or a scalar, or a vector that chooses along the first dimension. x, y: of one shape.

Source: ``select.cc``, ``reference/select.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.selection import is_single
from pytflite.ops._shared.types import FIXED
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SelectOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.SELECT, "condition x y", "output", SelectOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The shape of x and y; that of the file where all are single elements."""
    condition, x, y = node["condition"], node["x"], node["y"]
    if is_single(node):
        return [node["output"].shape]
    node.require(y.shape == x.shape, f"{y} must have the shape of {x}.")
    node.require(
        condition.shape in (x.shape, (), x.shape[:1]),
        f"{condition} must have the shape of {x}, or be a scalar, or have an element for each of its first dimension.",
    )
    return [x.shape]


def params(node: Node) -> tuple[Shape, Shape]:
    """The condition's shape, so that it broadcasts from the front, and the output's."""
    condition, output = node["condition"].shape, node["output"].shape
    return (() if is_single(node) else condition + (1,) * (len(output) - len(condition))), output


@OP.rule("copy", "b T T -> T", params=params, T=FIXED)
def define(condition: Array, x: Array, y: Array, p: tuple[Shape, Shape]) -> Array:
    """Element by element."""
    chosen, shape = p
    return np.where(condition.reshape(chosen), x.reshape(shape), y.reshape(shape))
