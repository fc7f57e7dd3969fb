"""NON_MAX_SUPPRESSION_V4: the boxes with the highest scores that do not overlap much.

boxes: (boxes, 4) float32, two opposite corners each, y before x. scores: (boxes) float32. max_output_size: one int32.
iou_threshold: one float32; a box that overlaps a picked one this much is dropped. score_threshold: one float32; so is a
box whose score does not exceed it. selected_indices: (max_output_size) int32, filled up with zeros.
num_selected_indices: how many are picked.

Source: ``non_max_suppression.cc``, ``reference/non_max_suppression.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.suppression import output_size, padded, suppress
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import NonMaxSuppressionV4Options

Array = npt.NDArray[Any]

OP = Op(
    BuiltinOperator.NON_MAX_SUPPRESSION_V4,
    "boxes scores max_output_size iou_threshold score_threshold",
    "selected_indices num_selected_indices",
    NonMaxSuppressionV4Options,
)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """Places for boxes, and a scalar."""
    return [(output_size(node),), ()]


@OP.rule("float32", "f32 f32 i32 f32 f32 -> i32 i32", params=output_size)
def define(
    boxes: Array, scores: Array, max_output_size: Array, iou_threshold: Array, score_threshold: Array, p: int
) -> Iterator[tuple[str, Array]]:
    """Pick from the highest score down."""
    picked, _ = suppress(boxes, scores, p, iou_threshold, score_threshold, 0)
    yield "selected_indices", padded(picked, p, np.int32)
    yield "num_selected_indices", np.array(len(picked), np.int32)
