"""BROADCAST_ARGS: the shape that two shapes broadcast to.

shape1, shape2: integer vectors. output: as long as the longer one; a missing leading size counts as 1.

Source: ``broadcast_args.cc``, ``reference/broadcast_args.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import InvokeError
from pytflite.ops._api import Node, Op, Shape
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.BROADCAST_ARGS, "shape1 shape2", "output")


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The length of the longer shape."""
    shape1, shape2 = node["shape1"], node["shape2"]
    for shape in (shape1, shape2):
        node.require(len(shape.shape) == 1, f"{shape} must be a vector.")
    return [max(shape1.shape, shape2.shape)]


@OP.rule("sizes", "T T -> T", T="i32 i64")
def define(shape1: Array, shape2: Array, p: None) -> Array:
    """Of two sizes the one that is not 1."""
    rank = max(len(shape1), len(shape2))
    first, second = (np.concatenate([np.ones(rank - len(s), s.dtype), s]) for s in (shape1, shape2))
    if np.any((first != second) & (first != 1) & (second != 1)):
        raise InvokeError(f"Shapes {shape1.tolist()} and {shape2.tolist()} cannot be broadcast together.")
    return np.where(first == 1, second, first)
