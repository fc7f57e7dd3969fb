"""TRANSPOSE: dimensions in another order.

input: rank up to 8. perm: (rank) int32, the input axis that each output axis shows.

Source: ``transpose.cc``, ``reference/transpose.h``.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import axis_of, integers
from pytflite.ops._shared.types import FIXED, INT32
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import TransposeOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.TRANSPOSE, "input perm", "output", TransposeOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The input's sizes in the order of perm."""
    input, perm = node["input"], node["perm"]
    rank = len(input.shape)
    node.require(rank <= 8, f"{input} must have at most 8 dimensions.")
    node.require(perm.shape == (rank,), f"{perm} must have {rank} elements.")
    order = axes(node)
    node.require(sorted(order) == list(range(rank)), f"{perm} must name every axis of {input} once, not {list(order)}.")
    return [tuple(input.shape[axis] for axis in order)]


def axes(node: Node) -> tuple[int, ...]:
    """The input axis that each output axis shows."""
    rank = len(node["input"].shape)
    return tuple(axis_of(node, axis, rank) for axis in integers(node, "perm"))


@OP.rule("copy", "T I -> T", params=axes, T=f"{FIXED} i4 u4", I=INT32)
def define(input: Array, perm: Array, p: tuple[int, ...]) -> Array:
    """Axes are exchanged, elements stay."""
    return input.transpose(p).copy()
