"""PosenetDecoderOp: the people in a picture, from what a PoseNet says of each place of a grid laid over it.

heatmaps: (1, height, width, 17) float32 or uint8: log-odds that a keypoint is near. short_offsets: (1, height, width,
34): from there to the keypoint, in pixels, y of all keypoints, then x. mid_offsets: (1, height, width, 64): to the
other end of each edge between keypoints, y and x of all edges, then y and x of the way back. long_offsets: (1, 33, 33,
34): from any place of a person to all keypoints; with them there are masks.

keypoints: (1, n, 17, 2) float32: y, x in pixels. keypoint_scores: (1, n, 17), pose_scores: (1, n): probabilities.
pose_count: (1,). instance_masks: (1, n, 33, 33): 1 where the nearest person is the one. n is max_detections; what there
is not is 0 (where the real kernel leaves what the memory held).

Keypoints whose score is the highest nearby wait in a queue. The best starts a pose, unless it is within nms_radius of
the same keypoint of a pose already found; edges are followed to the others, the most certain first. Poses then count
only keypoints that no better pose has there. All in float32, in the order of the C++; equals in that of libstdc++.

Source: ``coral/pose_estimation/posenet_decoder.cc``, ``posenet_decoder_op.cc`` of libcoral.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic import libm
from pytflite.arithmetic.ordering import Queue, sorted_descending
from pytflite.errors import InvokeError
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.custom_options import integer, real
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(
    BuiltinOperator.CUSTOM,
    "heatmaps short_offsets mid_offsets long_offsets?",
    "keypoints keypoint_scores pose_scores pose_count instance_masks?",
    custom_code="PosenetDecoderOp",
)

KEYPOINTS = 17
EDGES = (
    *((0, 1), (1, 3), (0, 2), (2, 4), (0, 5), (5, 7), (7, 9), (5, 11)),
    *((11, 13), (13, 15), (0, 6), (6, 8), (8, 10), (6, 12), (12, 14), (14, 16)),
)
"""Nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles, the left one first: from parent to child."""
ROLES = ("heatmaps", "short_offsets", "mid_offsets", "long_offsets")
DEPTHS = (KEYPOINTS, 2 * KEYPOINTS, 4 * len(EDGES), 2 * KEYPOINTS)
MASK = (33, 33)
ANY = "f32 u8"
REFINEMENTS, MASK_REFINEMENTS = 5, 2


class Scaling(NamedTuple):
    """How an input is read.

    Attributes:
        zero_point: of codes, 0 for numbers.
        factor: what numbers, or codes without the zero point, are multiplied by.
    """

    zero_point: np.float32
    factor: np.float32


class Params(NamedTuple):
    """What the options and the quantization say.

    Attributes:
        max_detections: how many poses there are at most.
        score_threshold: what their scores must reach.
        log_odds: what the log-odds of the keypoint that starts one must reach.
        squared_radius: how near is too near, squared, in places of the grid.
        stride: pixels from one place to the next.
        inputs: how each is read.
    """

    max_detections: int
    score_threshold: np.float32
    log_odds: np.float32
    squared_radius: np.float32
    stride: int
    inputs: tuple[Scaling, ...]


class Pose(NamedTuple):
    """Keypoints (17, 2), y and x in places of the grid, and their scores (17,)."""

    points: Array
    scores: Array


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """As many as the options say."""
    given = [node[role] for role in ROLES[: len(node.inputs)]]
    node.require(
        len(given) >= 3 and len(node.outputs) == len(given) + 1,
        "3 inputs and 4 outputs, or 4 inputs and 5 outputs (with masks) are accepted.",
    )
    for tensor, depth in zip(given, DEPTHS, strict=False):
        size = MASK if tensor.role == "long_offsets" else given[0].shape[1:3]
        node.require(
            len(tensor.shape) == 4 and 0 not in tensor.shape and tensor.shape == (1, *size, depth),
            f"{tensor} must be (1, height, width, {depth}): of the size of heatmaps, long_offsets of 33x33.",
        )
    count = integer(node, "max_detections", 0, 1 << 16)
    found: list[Shape] = [(1, count, KEYPOINTS, 2), (1, count, KEYPOINTS), (1, count), (1,), (1, count, *MASK)]
    return found[: len(node.outputs)]


def params(node: Node) -> Params:
    """Gather the options."""
    stride = integer(node, "stride", 1)
    threshold = real(node, "score_threshold")
    radius = real(node, "nms_radius") / np.float32(stride)
    with np.errstate(all="ignore"):
        odds = -libm.log(1 / (np.float64(threshold) + 1e-6) - 1)
    inputs = []
    for role in ROLES[: len(node.inputs)]:
        factor = np.float32(1 if role == "heatmaps" else 1 / stride)
        codes = node[role].letter == "u8"
        zero_point, scale = (node[role].zero_point, node[role].scale) if codes else (0, np.float32(1))
        inputs.append(Scaling(np.float32(zero_point), scale * factor))
    return Params(integer(node, "max_detections"), threshold, np.float32(odds), radius * radius, stride, tuple(inputs))


@OP.rule("float32", "H S M L? -> f32 f32 f32 f32 f32?", params=params, H=ANY, S=ANY, M=ANY, L=ANY)
def define(heatmaps: Array, shorts: Array, mids: Array, longs: Array | None, p: Params) -> Iterator[tuple[str, Array]]:
    """Find poses, rate them anew, give the best first."""
    given = (heatmaps, shorts, mids) if longs is None else (heatmaps, shorts, mids, longs)
    heat, short, mid, *long = (scaled(codes[0], how) for codes, how in zip(given, p.inputs, strict=True))
    yield "log_odds", heat
    poses = decoded(heat, short, mid, p)
    ratings = rated(poses, p.squared_radius)
    kept = [i for i in sorted_descending(ratings) if ratings[i] >= p.score_threshold]
    points, scores, best = (
        np.zeros(shape, np.float32)
        for shape in ((p.max_detections, KEYPOINTS, 2), (p.max_detections, KEYPOINTS), (p.max_detections,))
    )
    for place, i in enumerate(kept):
        points[place], scores[place], best[place] = poses[i].points * np.float32(p.stride), poses[i].scores, ratings[i]
    yield "keypoints", points[np.newaxis]
    yield "keypoint_scores", scores[np.newaxis]
    yield "pose_scores", best[np.newaxis]
    yield "pose_count", np.array([len(kept)], np.float32)
    if long:
        yield "instance_masks", masks(long[0], points[: len(kept)], p)[np.newaxis]


def scaled(codes: Array, how: Scaling) -> Array:
    """An input as float32, offsets in places of the grid."""
    return (codes.astype(np.float32) - how.zero_point) * how.factor


def decoded(heat: Array, short: Array, mid: Array, p: Params) -> list[Pose]:
    """Poses whose mean score is high enough, in the order in which they are found."""
    queue = candidates(heat, short, p.log_odds)
    poses: list[Pose] = []
    while queue and len(poses) < p.max_detections:
        keypoint, point = queue.pop()
        if any(squared_distance(point, pose.points[keypoint]) <= p.squared_radius for pose in poses):
            continue
        pose = traced(heat, short, mid, keypoint, point)
        if mean(pose.scores[descending(pose.scores)]) >= p.score_threshold:
            poses.append(pose)
    return poses


def candidates(heat: Array, short: Array, least: np.float32) -> Queue:
    """Keypoints, and where they are, that no place around rates higher."""
    height, width, _ = heat.shape
    around = np.pad(np.where(np.isnan(heat), -np.inf, heat), ((1, 1), (1, 1), (0, 0)), constant_values=-np.inf)
    highest = np.max([around[i : i + height, j : j + width] for i in range(3) for j in range(3)], axis=0)
    queue = Queue()
    for y, x, keypoint in np.argwhere((heat >= least) & (heat >= highest)).tolist():
        point = np.array([y, x], np.float32) + short[y, x, [keypoint, KEYPOINTS + keypoint]]
        queue.push(float(heat[y, x, keypoint]), (keypoint, within(point, heat)))
    return queue


def traced(heat: Array, short: Array, mid: Array, keypoint: int, point: Array) -> Pose:
    """The pose of one keypoint: along the edges to all others, from the one with the highest log-odds on."""
    points, odds = np.empty((KEYPOINTS, 2), np.float32), np.empty(KEYPOINTS, np.float32)
    queue = Queue()
    waiting = set(range(KEYPOINTS))

    def push(keypoint: int, point: Array) -> None:
        value = sampled(heat, point, np.array([keypoint]))[0]
        queue.push(float(value), (keypoint, point, value))

    push(keypoint, point)
    while queue:
        keypoint, point, value = queue.pop()
        if keypoint not in waiting:
            continue
        waiting.remove(keypoint)
        points[keypoint], odds[keypoint] = point, value
        for other, channels in WAYS[keypoint]:
            if other in waiting:
                moved = followed(mid, point, channels)
                for _ in range(REFINEMENTS):
                    moved = followed(short, moved, np.array([other, KEYPOINTS + other]))
                push(other, moved)
    return Pose(points, np.float32(1) / (np.float32(1) + libm.expf(-odds)))


def ways(keypoint: int) -> list[tuple[int, Array]]:
    """Where edges lead from a keypoint, and the channels of mid_offsets with their y and x."""
    count = len(EDGES)
    ahead = [(child, k) for k, (parent, child) in enumerate(EDGES) if parent == keypoint]
    back = [(parent, 2 * count + k) for k, (parent, child) in enumerate(EDGES) if child == keypoint]
    return [(other, np.array([channel, channel + count])) for other, channel in ahead + back]


WAYS = [ways(keypoint) for keypoint in range(KEYPOINTS)]


def rated(poses: list[Pose], squared_radius: np.float32) -> list[float]:
    """Mean scores of poses, without keypoints that a better pose has in the same place."""
    ratings = [float(mean(pose.scores[descending(pose.scores)])) for pose in poses]
    order = sorted_descending(ratings)
    for rank, i in enumerate(order):
        points, scores = poses[i]
        for j in order[:rank]:
            scores = np.where(squared_distance(points, poses[j].points) <= squared_radius, np.float32(0), scores)
        ratings[i] = float(mean(scores[descending(poses[i].scores)]))
    return ratings


def masks(long: Array, poses: Array, p: Params) -> Array:
    """Of which pose each place is, (n, height, width); of the first where there are none, as in the real kernel."""
    found = np.zeros((p.max_detections, *long.shape[:2]), np.float32)
    height, width, _ = long.shape
    grid = np.stack(np.meshgrid(np.arange(height), np.arange(width), indexing="ij"), axis=-1).astype(np.float32)
    points = np.repeat(grid[:, :, np.newaxis], KEYPOINTS, axis=2)
    channels = np.stack([np.arange(KEYPOINTS), np.arange(KEYPOINTS) + KEYPOINTS], axis=-1)
    for _ in range(MASK_REFINEMENTS + 1):
        points = followed(long, points, channels)
    points = points * np.float32(p.stride)
    distances = [np.add.accumulate(squared_distance(points, pose), axis=-1)[..., -1] for pose in poses]
    nearest = np.argmin(distances, axis=0) if distances else np.zeros((height, width), np.intp)
    for i in range(min(max(len(poses), 1), p.max_detections)):
        found[i] = nearest == i
    return found


def followed(offsets: Array, points: Array, channels: Array) -> Array:
    """Where offsets lead from points, within the grid."""
    return within(points + sampled(offsets, points, channels), offsets)


def sampled(grid: Array, points: Array, channels: Array) -> Array:
    """Channels of a grid (height, width, depth) at points (..., 2), bilinear."""
    if np.isnan(points).any():
        raise InvokeError("An offset is not a number.")
    inside = within(points, grid)
    low, high = np.floor(inside), np.ceil(inside)
    (top, left), (bottom, right) = (np.split(ends.astype(np.intp), 2, axis=-1) for ends in (low, high))
    y, x = np.split(points - low, 2, axis=-1)
    upper = (1 - x) * grid[top, left, channels] + x * grid[top, right, channels]
    lower = (1 - x) * grid[bottom, left, channels] + x * grid[bottom, right, channels]
    found: Array = (1 - y) * upper + y * lower
    return found


def within(points: Array, grid: Array) -> Array:
    """Points (..., 2), moved into a grid (height, width, depth)."""
    return np.clip(points, np.float32(0), np.array(grid.shape[:2], np.float32) - 1)


def squared_distance(a: Array, b: Array) -> Array:
    """Between points (..., 2)."""
    squares: Array = (b - a) * (b - a)
    return squares[..., 0] + squares[..., 1]


def descending(scores: Array) -> Array:
    """Indices of scores, the largest first; they are summed in this order, in which that of equals is nothing."""
    return np.argsort(-scores, kind="stable")


def mean(scores: Array) -> np.float32:
    """Summed in order."""
    return np.float32(np.add.accumulate(scores)[-1] / np.float32(scores.size))
