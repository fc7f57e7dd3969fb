"""MIRROR_PAD: borders that mirror the tensor.

input: any. paddings: (rank, 2) integers, elements to add before and after each dimension, at most as many as can be
mirrored. output: the input in the middle. Mode REFLECT does not repeat the element at the edge, SYMMETRIC does.

Source: ``mirror_pad.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import require_same_quantization
from pytflite.ops._shared.paddings import borders
from pytflite.ops._shared.types import FIXED
from pytflite.schema.enums import BuiltinOperator, MirrorPadMode
from pytflite.schema.tables import MirrorPadOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.MIRROR_PAD, "input paddings", "output", MirrorPadOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """Every dimension grows by its two paddings."""
    input, output = node["input"], node["output"]
    if input.letter in ("u8", "i8", "i16"):
        require_same_quantization(node, input, output)
    node.require(input.letter != "i16" or input.zero_point == 0, f"The zero point of {input} must be 0.")
    most = [size - edge(node) for size in input.shape]
    for axis, (before, after) in enumerate(borders(node)):
        node.require(max(before, after) <= most[axis], f"Axis {axis} of {input} can be padded by {most[axis]} at most.")
    return [tuple(len(source) for source in sources(node))]


def edge(node: Node) -> int:
    """How many elements at the edge are not mirrored: 1 in mode REFLECT, 0 in mode SYMMETRIC."""
    return 1 if node.options.mode == MirrorPadMode.REFLECT else 0


def sources(node: Node) -> tuple[Array, ...]:
    """For every axis, the input position that each output position shows."""
    skip = edge(node)
    positions = []
    for size, (before, after) in zip(node["input"].shape, borders(node), strict=True):
        i = np.arange(-before, size + after)
        i = np.where(i < 0, skip - 1 - i, i)
        positions.append(np.where(i < size, i, 2 * size - 1 - skip - i))
    return tuple(positions)


@OP.rule("copy", "T P -> T", params=sources, T=FIXED, P="i32 i64")
def define(input: Array, paddings: Array, p: tuple[Array, ...]) -> Array:
    """Every axis in turn shows its sources."""
    return input[np.ix_(*p)].copy()
