"""DYNAMIC_UPDATE_SLICE: a box of a tensor replaced.

operand: rank up to 8. update: the same rank, no dimension larger. start_indices: (rank) integers, where the update
goes, moved so that it lies inside. output: the operand with the update.

Source: ``dynamic_update_slice.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.types import WHOLE
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import DynamicUpdateSliceOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.DYNAMIC_UPDATE_SLICE, "operand update start_indices", "output", DynamicUpdateSliceOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The operand's shape."""
    operand, update, start_indices = node["operand"], node["update"], node["start_indices"]
    rank = len(operand.shape)
    node.require(rank <= 8, f"{operand} must have at most 8 dimensions.")
    node.require(start_indices.shape == (rank,), f"{start_indices} must be a vector of {rank} elements.")
    node.require(
        len(update.shape) == rank and all(u <= o for u, o in zip(update.shape, operand.shape, strict=True)),
        f"{update} must fit into {operand}.",
    )
    return [operand.shape]


@OP.rule("copy", "T T I -> T", T=f"{WHOLE} i4", I="i32 i64")
def define(operand: Array, update: Array, start_indices: Array, p: None) -> Array:
    """Copy, then overwrite the box."""
    output = operand.copy()
    starts = np.clip(start_indices, 0, np.subtract(operand.shape, update.shape))
    output[tuple(slice(start, start + size) for start, size in zip(starts, update.shape, strict=True))] = update
    return output
