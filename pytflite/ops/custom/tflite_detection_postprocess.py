"""TFLite_Detection_PostProcess: from what an SSD network says of its anchors to boxes, classes and scores.

box_encodings: (1, anchors, 4 or more) float32 or uint8: center y, x, height and width relative to the anchor, scaled.
class_predictions: (1, anchors, classes, or one more: the background first) float32 or uint8. anchors: (anchors, 4).
boxes: (1, n, 4) float32: top, left, bottom, right. classes, scores: (1, n) float32. num_detections: (1) float32. n is
max_detections * max_classes_per_detection; what there is not is 0 (where the fast kernel leaves what the memory held).

The fast way takes the highest class of each anchor, suppresses anchors that overlap better ones, and gives the best
max_classes_per_detection classes of each; the regular way (use_regular_nms) suppresses within each class, then takes
the best of all. Decoding is done in float64 and rounded to float32, overlaps in float32.

Source: ``detection_postprocess.cc``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic import libm
from pytflite.arithmetic.ordering import largest_first
from pytflite.errors import InvokeError
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.custom_options import boolean, integer, real
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]
Scaling = tuple[np.float32, np.float32] | None
"""Zero point and scale of codes, None for numbers."""

OP = Op(
    BuiltinOperator.CUSTOM,
    "box_encodings class_predictions anchors",
    "boxes classes scores num_detections",
    custom_code="TFLite_Detection_PostProcess",
)


class Params(NamedTuple):
    """What the options and the quantization say.

    Attributes:
        max_detections: how many anchors are given at most.
        classes_per_detection: how many classes of each.
        detections_per_class: how many of each class, the regular way.
        regular: which way.
        score_threshold: what scores must reach.
        iou_threshold: how much boxes may overlap (intersection over union).
        num_classes: without the background.
        scales: of y, x, height and width, float64.
        inputs: how codes of the inputs are read.
    """

    max_detections: int
    classes_per_detection: int
    detections_per_class: int
    regular: bool
    score_threshold: np.float32
    iou_threshold: np.float32
    num_classes: int
    scales: Array
    inputs: tuple[Scaling, ...]


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """As many as the options say."""
    boxes, predictions, anchors = (node[role] for role in ("box_encodings", "class_predictions", "anchors"))
    node.require(
        len(boxes.shape) == 3 and boxes.shape[0] == 1 and boxes.shape[2] >= 4,
        f"{boxes} must be (1, anchors, 4 or more).",
    )
    classes = integer(node, "num_classes", 1)
    node.require(
        predictions.shape in [(1, boxes.shape[1], classes + background) for background in (0, 1)],
        f"{predictions} must be (1, {boxes.shape[1]}, {classes} or {classes + 1}).",
    )
    node.require(anchors.shape == (boxes.shape[1], 4), f"{anchors} must be ({boxes.shape[1]}, 4).")
    p = params(node)
    node.require(0 < p.iou_threshold <= 1, f"nms_iou_threshold is {p.iou_threshold}, 0 to 1 is accepted.")
    count = p.max_detections * p.classes_per_detection
    return [(1, count, 4), (1, count), (1, count), (1,)]


def params(node: Node) -> Params:
    """Gather the options."""
    most = integer(node, "max_detections", 1, 1 << 16)
    inputs = [node[role] for role in ("box_encodings", "class_predictions", "anchors")]
    return Params(
        most,
        integer(node, "max_classes_per_detection", 1, 1 << 10),
        min(integer(node, "detections_per_class", 1, default=100), most),
        boolean(node, "use_regular_nms", default=False),
        real(node, "nms_score_threshold"),
        real(node, "nms_iou_threshold"),
        integer(node, "num_classes", 1),
        np.array([real(node, f"{name}_scale") for name in "yxhw"], np.float64),
        tuple((np.float32(t.zero_point), t.scale) if t.letter == "u8" else None for t in inputs),
    )


@OP.rule("float32", "B S B -> f32 f32 f32 f32", params=params, B="f32 u8", S="f32 u8")
def define(encodings: Array, predictions: Array, anchors: Array, p: Params) -> Iterator[tuple[str, Array]]:
    """Decode, suppress, give."""
    boxes = decoded(dequantized(encodings[0, :, :4], p.inputs[0]), dequantized(anchors, p.inputs[2]), p.scales)
    yield "decoded", boxes
    if np.any(boxes[:, :2] > boxes[:, 2:]):
        raise InvokeError("A box ends before it begins.")
    scores = scaled(predictions[0], p.inputs[1])[:, predictions.shape[2] - p.num_classes :]
    yield "class_scores", scores
    chosen = regular(boxes, scores, p) if p.regular else fast(boxes, scores, p)
    count = p.max_detections * p.classes_per_detection
    given_boxes, classes, given_scores = (
        np.zeros(shape, np.float32) for shape in ((1, count, 4), (1, count), (1, count))
    )
    for place, anchor, cls in chosen:
        given_boxes[0, place], classes[0, place], given_scores[0, place] = boxes[anchor], cls, scores[anchor, cls]
    yield "boxes", given_boxes
    yield "classes", classes
    yield "scores", given_scores
    yield (
        "num_detections",
        np.array([len({anchor for _, anchor, _ in chosen}) if not p.regular else len(chosen)], np.float32),
    )


def dequantized(codes: Array, scaling: Scaling) -> Array:
    """Boxes and anchors as float32, computed in float32."""
    return codes if scaling is None else (codes.astype(np.float32) - scaling[0]) * scaling[1]


def scaled(codes: Array, scaling: Scaling) -> Array:
    """Scores as float32, computed in float64."""
    if scaling is None:
        return codes
    return ((codes.astype(np.float64) - scaling[0]) * np.float64(scaling[1])).astype(np.float32)


def decoded(encodings: Array, anchors: Array, scales: Array) -> Array:
    """Corners of boxes, (anchors, 4) float32."""
    relative, anchor = encodings.astype(np.float64) / scales, anchors.astype(np.float64)
    centers = (relative[:, :2] * anchor[:, 2:] + anchor[:, :2]).astype(np.float32)
    halves = (0.5 * libm.exp(relative[:, 2:]) * anchor[:, 2:]).astype(np.float32)
    return np.concatenate([centers - halves, centers + halves], axis=1)


def fast(boxes: Array, scores: Array, p: Params) -> list[tuple[int, int, int]]:
    """Place, anchor and class of what is given: anchors by their best class."""
    count = min(p.classes_per_detection, p.num_classes)
    best = [[int(highest(row))] if count == 1 else largest_first(row.tolist(), count) for row in scores]
    top = np.array([row[classes[0]] for row, classes in zip(scores, best, strict=True)], np.float32)
    anchors = suppressed(boxes, top, p.max_detections, p)
    return [
        (i * p.classes_per_detection + k, anchor, cls)
        for i, anchor in enumerate(anchors)
        for k, cls in enumerate(best[anchor])
    ]


def regular(boxes: Array, scores: Array, p: Params) -> list[tuple[int, int, int]]:
    """Place, anchor and class of what is given: the best of all classes; of equals the one of the lower class."""
    found: list[tuple[int, int]] = []
    for cls in range(p.num_classes):
        found += [(anchor, cls) for anchor in suppressed(boxes, scores[:, cls], p.detections_per_class, p)]
        found = sorted(found, key=lambda at: -scores[at])[: p.max_detections]
    return [(place, anchor, cls) for place, (anchor, cls) in enumerate(found)]


def highest(row: Array) -> int:
    """The first of the largest; NaN only where it comes first."""
    return 0 if np.isnan(row[0]) else int(np.argmax(np.where(np.isnan(row), -np.inf, row)))


def suppressed(boxes: Array, scores: Array, most: int, p: Params) -> list[int]:
    """Anchors by descending score, without those that overlap one before."""
    kept = np.flatnonzero(scores >= p.score_threshold)
    waiting = kept[np.argsort(-scores[kept], kind="stable")]
    chosen: list[int] = []
    while waiting.size and len(chosen) < most:
        chosen.append(int(waiting[0]))
        overlaps = intersection_over_union(boxes[waiting[0]], boxes[waiting[1:]])
        waiting = waiting[1:][~(overlaps > p.iou_threshold)]
    return chosen


def intersection_over_union(box: Array, others: Array) -> Array:
    """Of one box with each of others; 0 where one has no area."""
    area = (box[2] - box[0]) * (box[3] - box[1])
    areas = (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1])
    low = np.where(box[:2] < others[:, :2], others[:, :2], box[:2])
    high = np.where(others[:, 2:] < box[2:], others[:, 2:], box[2:])
    sides = np.where(high - low < 0, np.float32(0), high - low)
    shared = sides[:, 0] * sides[:, 1]
    return np.where((area <= 0) | (areas <= 0), np.float32(0), shared / (area + areas - shared))
