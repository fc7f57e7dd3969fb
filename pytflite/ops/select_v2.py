"""SELECT_V2: elements of one tensor where a condition holds, of another where it does not, all broadcast to one shape.

condition: bool. x, y: of one type. output: the shape that all three broadcast to, up to 8 dimensions.

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
from pytflite.schema.tables import SelectV2Options

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.SELECT_V2, "condition x y", "output", SelectV2Options)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The common shape; that of the file where all are single elements."""
    if is_single(node):
        return [node["output"].shape]
    inputs = [node[role] for role in OP.inputs.split()]
    node.require(max(len(spec.shape) for spec in inputs) <= 8, "At most 8 dimensions are accepted.")
    try:
        return [np.broadcast_shapes(*(spec.shape for spec in inputs))]
    except ValueError:
        raise node.error(f"{', '.join(map(str, inputs))} cannot be broadcast to one shape.") from None


def params(node: Node) -> Shape:
    """The output shape."""
    return node["output"].shape


@OP.rule("copy", "b T T -> T", params=params, T=FIXED)
def define(condition: Array, x: Array, y: Array, p: Shape) -> Array:
    """Element by element."""
    return np.where(condition, x, y).reshape(p)
