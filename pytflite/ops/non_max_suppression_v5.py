"""NON_MAX_SUPPRESSION_V5: the boxes with the highest scores, which sink where boxes overlap.

boxes: (boxes, 4) float32, two opposite corners each, y before x. scores: (boxes) float32. max_output_size: one int32.
iou_threshold: one float32; a box that overlaps a picked one this much is dropped. score_threshold: one float32; so is a
box whose score does not exceed it. soft_nms_sigma: one float32; if positive, a score is multiplied by
``exp(-overlap^2 / (2 * sigma))`` for every picked box. selected_indices: (max_output_size) int32, filled up with zeros.
selected_scores: (max_output_size) float32, likewise. num_selected_indices: how many are picked.

Source: ``non_max_suppression.cc``, ``reference/non_max_suppression.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import InvokeError
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.suppression import output_size, padded, suppress
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import NonMaxSuppressionV5Options

Array = npt.NDArray[Any]

OP = Op(
    BuiltinOperator.NON_MAX_SUPPRESSION_V5,
    "boxes scores max_output_size iou_threshold score_threshold soft_nms_sigma",
    "selected_indices selected_scores num_selected_indices",
    NonMaxSuppressionV5Options,
)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """Places for boxes and for scores, and a scalar."""
    size = output_size(node)
    return [(size,), (size,), ()]


@OP.rule("float32", "f32 f32 i32 f32 f32 f32 -> i32 f32 i32", params=output_size)
def define(
    boxes: Array,
    scores: Array,
    max_output_size: Array,
    iou_threshold: Array,
    score_threshold: Array,
    soft_nms_sigma: Array,
    p: int,
) -> Iterator[tuple[str, Array]]:
    """Pick from the highest score down."""
    if soft_nms_sigma < 0:
        raise InvokeError(f"Invalid sigma value for soft NMS: {soft_nms_sigma}, it must not be negative.")
    picked, picked_scores = suppress(boxes, scores, p, iou_threshold, score_threshold, soft_nms_sigma)
    yield "selected_indices", padded(picked, p, np.int32)
    yield "selected_scores", padded(picked_scores, p, np.float32)
    yield "num_selected_indices", np.array(len(picked), np.int32)
