"""UNSORTED_SEGMENT_SUM: the sum of the slices of each segment.

data: any shape. segment_ids: int32, the shape of the data or a beginning of it; which segment each slice belongs to,
none if negative. num_segments: one int32. output: (segments, the sizes of the data after those of the ids).
Slices are added one after the other; integers wrap. Empty segments are 0.

Source: ``unsorted_segment.cc``, ``reference/reference_ops.h`` (UnsortedSegmentRef).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Op, Shape
from pytflite.ops._shared.folding import fold_segments, unsorted_segment_shape, unsorted_segment_shapes
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import UnsortedSegmentSumOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.UNSORTED_SEGMENT_SUM, "data segment_ids num_segments", "output", UnsortedSegmentSumOptions)

shapes = OP.shapes(unsorted_segment_shapes)


@OP.rule("fold", "T i32 i32 -> T", params=unsorted_segment_shape, T="f32 i32")
def define(data: Array, segment_ids: Array, num_segments: Array, p: Shape) -> Array:
    """One addition after the other."""
    return fold_segments(np.add, 0, data, segment_ids, p)
