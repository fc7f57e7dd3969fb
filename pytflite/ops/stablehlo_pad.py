"""STABLEHLO_PAD: a tensor with borders and with gaps between its elements.

input: rank 1 to 8. padding_value: one element. output: each size, plus the gaps between elements (``interior_padding``
each), plus the borders (``edge_padding_low`` and ``edge_padding_high``). Negative borders cut off; where that leaves
nothing of one dimension, all sizes are 0.

Source: ``stablehlo_pad.cc``.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.places import Places, placed, places_of
from pytflite.ops._shared.types import WHOLE
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import StablehloPadOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.STABLEHLO_PAD, "input padding_value", "output", StablehloPadOptions)

MAX_RANK = 8


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The sizes with gaps and borders."""
    input, padding_value = node["input"], node["padding_value"]
    node.require(1 <= len(input.shape) <= MAX_RANK, f"{input} must have 1 to {MAX_RANK} dimensions.")
    node.require(prod(padding_value.shape) == 1, f"{padding_value} must have one element.")
    sizes = []
    for size, (low, high, gap) in zip(input.shape, paddings(node), strict=True):
        node.require(gap >= 0, f"interior_padding is {gap}, it must not be negative.")
        sizes.append(low + size + max(size - 1, 0) * gap + high)
    return [tuple(sizes) if min(sizes) > 0 else (0,) * len(sizes)]


def paddings(node: Node) -> list[tuple[int, int, int]]:
    """(before, after, between) for every dimension."""
    options, rank = node.options, len(node["input"].shape)
    lists = options.edge_padding_low, options.edge_padding_high, options.interior_padding
    for values in lists:
        node.require(len(values) == rank, f"The options have {len(values)} paddings for {node['input']}.")
    return list(zip(*lists, strict=True))


def params(node: Node) -> Places:
    """Where elements go."""
    numbers = [(low, gap + 1) for low, _, gap in paddings(node)]
    return places_of(node["input"].shape, numbers, node["output"].shape)


@OP.rule("copy", "T T -> T", params=params, T=WHOLE)
def define(input: Array, padding_value: Array, p: Places) -> Array:
    """Fill, then overwrite the places."""
    return placed(input, padding_value, p)
