"""HASHTABLE_LOOKUP: rows of a table, picked by key.

lookup: (wanted) int32. key: (rows) int32, ascending. value: (rows, ...), strings in a vector. output: (wanted, ...),
zeros or empty strings where there is no such key. hits: (wanted) uint8, 1 where there is one.

Keys are searched by halves: where they are not in order some are missed. Rows of int4, uint4 and int2, which go by the
byte, must fill whole ones.

Source: ``hashtable_lookup.cc``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import require_whole_bytes
from pytflite.ops._shared.types import NARROW, WHOLE
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.HASHTABLE_LOOKUP, "lookup key value", "output hits")


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """A row and a hit for each wanted key."""
    lookup, key, value = node["lookup"], node["key"], node["value"]
    node.require(len(lookup.shape) == 1, f"{lookup} must be a vector.")
    node.require(len(key.shape) == 1, f"{key} must be a vector.")
    node.require(value.shape[:1] == key.shape, f"{value} must have {key.shape[0]} rows, one for each key.")
    node.require(key.shape[0] > 0, f"{value} must have at least one row.")
    node.require(value.letter != "str" or len(value.shape) == 1, f"{value} must be a vector.")
    require_whole_bytes(node, value)
    return [lookup.shape + value.shape[1:], lookup.shape]


@OP.rule("copy", "i32 i32 T -> T u8", T=f"{WHOLE} {NARROW} str")
def define(lookup: Array, key: Array, value: Array, p: None) -> Iterator[tuple[str, Array]]:
    """Search, then pick."""
    positions = search(lookup, key)
    found = positions >= 0
    output = np.zeros(lookup.shape + value.shape[1:], value.dtype)
    if value.dtype == object:
        output[...] = b""
    output[found] = value[positions[found]]
    yield "output", output
    yield "hits", found.astype(np.uint8)


def search(wanted: Array, keys: Array) -> Array:
    """The position of each wanted key, or -1 (C's ``bsearch``)."""
    low, high = np.zeros(wanted.shape, np.int64), np.full(wanted.shape, len(keys))
    found = np.full(wanted.shape, -1)
    while (open := (low < high) & (found < 0)).any():
        middle = np.minimum((low + high) // 2, len(keys) - 1)
        there = keys[middle]
        found = np.where(open & (wanted == there), middle, found)
        high = np.where(open & (wanted < there), middle, high)
        low = np.where(open & (wanted > there), middle + 1, low)
    return found
