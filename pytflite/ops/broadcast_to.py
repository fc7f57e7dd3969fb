"""BROADCAST_TO: a tensor repeated to fill a shape.

input: any. shape: integer vector, up to 8. Sizes of 1, and leading dimensions that the input lacks, are repeated.

Source: ``broadcast_to.cc``, ``reference/broadcast_to.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import integers
from pytflite.ops._shared.types import WHOLE
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import BroadcastToOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.BROADCAST_TO, "input shape", "output", BroadcastToOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The wanted shape."""
    input, shape = node["input"], node["shape"]
    node.require(len(shape.shape) == 1 and shape.shape[0] <= 8, f"{shape} must be a vector of at most 8 elements.")
    wanted = integers(node, "shape")
    node.require(min(wanted, default=0) >= 0, f"{shape} holds negative sizes.")
    fits = len(input.shape) <= len(wanted) and all(
        size in (1, target) for size, target in zip(input.shape[::-1], wanted[::-1], strict=False)
    )
    node.require(fits, f"Output shape {list(wanted)} must be broadcastable from {input}.")
    return [wanted]


def params(node: Node) -> Shape:
    """The output shape."""
    return node["output"].shape


@OP.rule("copy", "T S -> T", params=params, T=WHOLE, S="i32 i64")
def define(input: Array, shape: Array, p: Shape) -> Array:
    """NumPy's broadcasting is the same."""
    return np.broadcast_to(input, p).copy()
