"""RANGE: numbers from a start on, by equal steps, up to but not including a limit.

start, limit, delta: scalars of one type. output: a vector. Each number is the one before plus delta: float32 rounds at
every step.

Source: ``range.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import RangeOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.RANGE, "start limit delta", "output", RangeOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """As many steps as fit."""
    for role in OP.inputs.split():
        node.require(node[role].shape == (), f"{node[role]} must be a scalar.")
    start, limit, delta = (node.value(role)[()] for role in OP.inputs.split())
    node.require(
        (start <= limit and delta > 0) or (start >= limit and delta < 0),
        f"Steps of {delta} do not lead from {start} to {limit}.",
    )
    if node["start"].letter == "f32":
        return [(int(np.ceil(np.abs((limit - start) / delta))),)]
    return [(len(range(int(start), int(limit), int(delta))),)]


def params(node: Node) -> int:
    """The number of elements."""
    return node["output"].shape[0]


@OP.rule("steps", "T T T -> T", params=params, T="f32 i32 i64")
def define(start: Array, limit: Array, delta: Array, p: int) -> Array:
    """A running sum in the type of the output."""
    steps = np.full(p, delta)
    steps[:1] = start
    return np.add.accumulate(steps, dtype=start.dtype)
