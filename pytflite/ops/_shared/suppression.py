"""Picking boxes by score that do not overlap much: NON_MAX_SUPPRESSION_V4 and _V5."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.choice import larger, smaller
from pytflite.arithmetic.libm import expf

if TYPE_CHECKING:
    from pytflite.ops._api import Node

Array = npt.NDArray[Any]


def output_size(node: Node) -> int:
    """How many places there are for boxes.

    Raises:
        PrepareError: tensors of other shapes than the kernel takes, or a negative size.
        ValueNeeded: the size is not known yet.
    """
    boxes, scores = node["boxes"], node["scores"]
    node.require(len(boxes.shape) == 2 and boxes.shape[1] == 4, f"{boxes} must have the shape (boxes, 4).")
    node.require(scores.shape == boxes.shape[:1], f"{scores} must be a vector of {boxes.shape[0]} elements.")
    for role in node.op.input_roles[2:]:
        node.require(node[role.name].shape == (), f"{node[role.name]} must be a scalar.")
    size = int(node.value("max_output_size"))
    node.require(size >= 0, f"max_output_size is {size}, it must not be negative.")
    return size


class Candidate(NamedTuple):
    """A box that may be picked.

    Attributes:
        score: float32.
        box: its index.
        begin: how many of the picked boxes it was compared with.
    """

    score: np.float32
    box: int
    begin: int


class Queue:
    """Candidates by score, the highest first; equal ones come as from a ``std::priority_queue`` of libstdc++."""

    def __init__(self) -> None:
        self._heap: list[Candidate] = []

    def __len__(self) -> int:
        return len(self._heap)

    def push(self, candidate: Candidate) -> None:
        """Add one (``push_heap``)."""
        self._heap.append(candidate)
        self._raise(len(self._heap) - 1)

    def pop(self) -> Candidate:
        """Take the first: the hole that it leaves sinks to the end, the last one rises from there (``pop_heap``)."""
        heap = self._heap
        top, moved, hole = heap[0], heap.pop(), 0
        if heap:
            while (child := 2 * hole + 2) <= len(heap):
                if child == len(heap) or heap[child].score < heap[child - 1].score:
                    child -= 1
                heap[hole] = heap[child]
                hole = child
            heap[hole] = moved
            self._raise(hole)
        return top

    def _raise(self, position: int) -> None:
        """Move one up past all that are lower."""
        heap, moved = self._heap, self._heap[position]
        while position and heap[parent := (position - 1) // 2].score < moved.score:
            heap[position] = heap[parent]
            position = parent
        heap[position] = moved


def suppress(
    boxes: Array, scores: Array, size: int, iou_threshold: Array, score_threshold: Array, sigma: npt.ArrayLike
) -> tuple[list[int], list[np.float32]]:
    """Pick boxes (``NonMaxSuppression``, non_max_suppression.h).

    Args:
        boxes: float32, (boxes, 4): two opposite corners, y before x.
        scores: float32, (boxes).
        size: most boxes to pick.
        iou_threshold: float32 scalar; a box that overlaps a picked one this much is dropped.
        score_threshold: float32 scalar; so is one whose score does not exceed this.
        sigma: float32 scalar; if positive, overlaps also lower the score, by a Gaussian of this width.

    Returns:
        Indices of the picked boxes and their scores, the lowered ones. A box without area may be picked again.
    """
    queue = Queue()
    for box in np.flatnonzero(scores > score_threshold).tolist():
        queue.push(Candidate(scores[box], box, 0))
    size = min(len(queue), size)
    is_soft = np.greater(sigma, 0)
    factor = np.float32(np.divide(-0.5, sigma, dtype=np.float64)) if is_soft else np.float32(0)
    picked: list[int] = []
    picked_scores: list[np.float32] = []
    while len(picked) < size and len(queue):
        score, box, begin = queue.pop()
        lowered, compared = score, len(picked)
        overlaps = intersections_over_unions(boxes[box], boxes[picked[begin:]])[::-1]
        is_dropped = False
        for overlap, decay in zip(overlaps, expf(factor * overlaps * overlaps), strict=True):
            is_dropped = bool(overlap >= iou_threshold)
            if is_soft and not is_dropped:
                lowered = lowered * decay
            if is_dropped or lowered <= score_threshold:
                break
        if lowered == score and not is_dropped:
            picked.append(box)
            picked_scores.append(score)
        if lowered > score_threshold and not is_dropped:
            queue.push(Candidate(lowered, box, compared))
    return picked, picked_scores


def intersections_over_unions(box: Array, others: Array) -> Array:
    """How much a box, (4), overlaps others, (count, 4): float32, (count); 0 where either is empty."""
    low, high = smaller(box[:2], box[2:]), larger(box[:2], box[2:])
    lows, highs = smaller(others[:, :2], others[:, 2:]), larger(others[:, :2], others[:, 2:])
    area = np.prod(high - low)
    areas = np.prod(highs - lows, axis=1)
    sides = larger(smaller(high, highs) - larger(low, lows), np.zeros_like(lows))
    shared = sides[:, 0] * sides[:, 1]
    return np.where((area <= 0) | (areas <= 0), np.float32(0), shared / ((area + areas) - shared))


def padded(values: list[Any], size: int, dtype: type[np.generic]) -> Array:
    """Values in a vector of a size, the rest zeros."""
    output = np.zeros(size, dtype)
    output[: len(values)] = values
    return output
