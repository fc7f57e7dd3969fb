"""STRIDED_SLICE: every so many elements of ranges, Python's ``input[1:9:2, ..., None, 3]``.

input: any. begin, end, strides: (n) int32, one entry for each written index. Bit i of the masks in the options:
begin_mask, end_mask: the range is open there; ellipsis_mask: ``...``; new_axis_mask: ``None``; shrink_axis_mask: one
position, whose dimension is dropped. With ``offset``, end counts from begin.

Unlike NumPy's, an ellipsis stands for one dimension at least, and later entries that find none left are ignored.

Source: ``strided_slice.cc``, ``reference/strided_slice.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import integers
from pytflite.ops._shared.types import FIXED
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import StridedSliceOptions

Array = npt.NDArray[Any]
Index = tuple[Any, ...]

OP = Op(BuiltinOperator.STRIDED_SLICE, "input begin end strides", "output", StridedSliceOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The number of positions in each range."""
    return [np.broadcast_to(np.int8(0), node["input"].shape)[index(node)].shape]


def index(node: Node) -> Index:
    """What NumPy indexes the input with."""
    input, begin, options = node["input"], node["begin"], node.options
    for spec in (begin, node["end"], node["strides"]):
        node.require(len(spec.shape) == 1 and spec.shape == begin.shape, f"{spec} must be a vector as long as {begin}.")
    masks = options.ellipsis_mask | options.new_axis_mask | options.end_mask
    node.require(not options.offset or not masks, "With offset, only begin_mask and shrink_axis_mask may be set.")
    rank, count = len(input.shape), begin.shape[0]
    ellipses = [i for i in range(count) if bit(options.ellipsis_mask, i)]
    new = [i for i in range(count) if bit(options.new_axis_mask, i) and i not in ellipses]
    node.require(len(ellipses) <= 1, f"ellipsis_mask {options.ellipsis_mask:#b} has more than one bit.")
    unwritten = rank + len(new) - count
    entries: list[int | None] = []
    for i in range(count):
        entries.extend([None] * max(1, 1 + unwritten) if i in ellipses else [i])
    entries.extend([None] * unwritten)
    entries = entries[: rank + len(new)]
    node.require(sum(i not in new for i in entries) == rank, f"{begin} has more entries than {input} has dimensions.")
    sizes = iter(input.shape)
    return (
        *(None if i in new else slice(next(sizes)) if i is None else positions(node, i, next(sizes)) for i in entries),
        ...,
    )


def bit(mask: int, i: int) -> bool:
    """Whether bit i is set."""
    return bool(mask >> i & 1)


def positions(node: Node, i: int, size: int) -> slice | int:
    """What entry i picks from an axis of this size."""
    begin, end, stride = (integers(node, role)[i] for role in ("begin", "end", "strides"))
    node.require(stride != 0, f"{node['strides']} must not hold 0.")
    options = node.options
    lowest, highest = (0, size) if stride > 0 else (-1, size - 1)
    start = min(max(begin + size if begin < 0 else begin, lowest), highest)
    if bit(options.begin_mask, i):
        start = 0 if stride > 0 else size - 1
    if bit(options.shrink_axis_mask, i):
        node.require(stride > 0 and start < size, f"Position {begin} with stride {stride} is not in an axis of {size}.")
        return start
    if options.offset:
        end += start
        node.require(0 <= end <= size, f"A range from {start} to {end} is not in an axis of {size}.")
    stop = min(max(end + size if end < 0 else end, lowest), highest)
    if bit(options.end_mask, i):
        stop = size if stride > 0 else -1
    return slice(start, stop if stop >= 0 else None, stride) if range(start, stop, stride) else slice(0)


@OP.rule("copy", "T i32 i32 i32 -> T", params=index, T=f"{FIXED} str")
def define(input: Array, begin: Array, end: Array, strides: Array, p: Index) -> Array:
    """What the index picks."""
    return input[p].copy()
