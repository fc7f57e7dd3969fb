"""TILE: copies of a tensor side by side.

input: any. multipliers: (rank) integers, how often each dimension is repeated.

Source: ``tile.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import integers
from pytflite.ops._shared.types import FIXED
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import TileOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.TILE, "input multipliers", "output", TileOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """Every size times its multiplier."""
    input, multipliers = node["input"], node["multipliers"]
    times = integers(node, "multipliers")
    node.require(len(times) == len(input.shape), f"{multipliers} must have {len(input.shape)} elements.")
    node.require(min(times, default=0) >= 0, f"{multipliers} must not be negative.")
    return [tuple(size * count for size, count in zip(input.shape, times, strict=True))]


def params(node: Node) -> tuple[int, ...]:
    """The multipliers."""
    return integers(node, "multipliers")


@OP.rule("copy", "T M -> T", params=params, T=f"{FIXED} str", M="i32 i64")
def define(input: Array, multipliers: Array, p: tuple[int, ...]) -> Array:
    """Repeat along every dimension."""
    return np.tile(input, p)
