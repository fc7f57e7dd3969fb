"""SEGMENT_SUM: the sums of slices that follow each other.

data: (slices, ...). segment_ids: (slices) int32, which segment each slice belongs to: from 0 on, the same as before or
one more. output: (segments, ...). Slices are added one after the other; integers wrap.

Source: ``segment_sum.cc``, ``reference/reference_ops.h`` (SegmentSum).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.folding import fold_segments
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SegmentSumOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.SEGMENT_SUM, "data segment_ids", "output", SegmentSumOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """As many segments as there are ids."""
    data, segment_ids = node["data"], node["segment_ids"]
    node.require(data.shape, f"{data} must have at least 1 dimension.")
    node.require(segment_ids.shape == data.shape[:1], f"{segment_ids} must be a vector of {data.shape[0]} elements.")
    ids = node.value("segment_ids").astype(np.int64)
    node.require(
        not ids.size or (ids[0] == 0 and np.isin(np.diff(ids), (0, 1)).all()),
        f"{segment_ids} must begin with 0 and rise by 0 or 1.",
    )
    return [(int(ids.max(initial=-1)) + 1, *data.shape[1:])]


def params(node: Node) -> Shape:
    """The output's shape."""
    return node["output"].shape


@OP.rule("fold", "T i32 -> T", params=params, T="f32 i32")
def define(data: Array, segment_ids: Array, p: Shape) -> Array:
    """One addition after the other."""
    return fold_segments(np.add, 0, data, segment_ids, p)
