"""SignalOverlapAdd: samples out of frames that overlap: the inverse of SignalFramer.

input: (..., frames, samples of a frame) int16 or float32. output: (..., frames * frame_step): the sum of all frames
over each sample; int16 saturates after each frame.

Source: ``signal/src/overlap_add.cc``, ``signal/micro/kernels/overlap_add.cc`` of TFLM.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Machine, Node, Op, Place, Shape
from pytflite.ops._shared.custom_options import integer
from pytflite.ops._shared.state import kept
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.CUSTOM, "input", "output", stateful=True, custom_code="SignalOverlapAdd")


class Params(NamedTuple):
    """How far frames are from each other, and the place of the sums that are not complete."""

    frame_step: int
    place: Place


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """A step for each frame."""
    input = node["input"]
    node.require(len(input.shape) >= 2, f"{input} must have at least 2 dimensions.")
    return [(*input.shape[:-2], input.shape[-2] * params(node).frame_step)]


def params(node: Node) -> Params:
    """What the options say."""
    return Params(integer(node, "frame_step", 1, max(node["input"].shape[-1], 1)), node.place)


@OP.rule("add", "T -> T", params=params, T="i16 f32")
def define(input: Array, p: Params, machine: Machine) -> Iterator[tuple[str, Array]]:
    """The same for each row."""
    frames = input.reshape(-1, *input.shape[-2:])
    sums = kept(machine, p.place, lambda: np.zeros((len(frames), frames.shape[2]), input.dtype))
    output = np.empty((*frames.shape[:2], p.frame_step), input.dtype)
    for i in range(frames.shape[1]):
        sums[...] = saturated(sums, frames[:, i])
        output[:, i] = sums[:, : p.frame_step]
        sums[...] = np.pad(sums[:, p.frame_step :], ((0, 0), (0, p.frame_step)))
    yield "output", output.reshape(*input.shape[:-2], -1)


def saturated(a: Array, b: Array) -> Array:
    """The sum; of integers, in their range."""
    if a.dtype.kind == "f":
        return a + b
    limits = np.iinfo(a.dtype)
    return np.clip(a.astype(np.int32) + b, limits.min, limits.max).astype(a.dtype)
