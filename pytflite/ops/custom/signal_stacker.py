"""SignalStacker: a frame with those around it.

input: int16 vector of num_channels, one frame. output: int16 vector: stacker_left_context frames, one in the middle,
and stacker_right_context frames; the next starts stacker_step frames later. Before the first frame there are copies of
it. output_valid: whether there were enough frames; where there were not, the output is 0 (TFLM leaves what the memory
held before).

Source: ``signal/micro/kernels/stacker.cc`` of TFLM.
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

OP = Op(BuiltinOperator.CUSTOM, "input", "output output_valid", stateful=True, custom_code="SignalStacker")


class Params(NamedTuple):
    """Counts of frames, and the place of the frames that are still needed."""

    left: int
    frames: int
    step: int
    place: Place


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """All frames one behind the other."""
    input, count, p = node["input"], integer(node, "num_channels", 1), params(node)
    node.require(input.shape == (count,), f"{input} must be a vector of num_channels: {count}.")
    return [(count * p.frames,), ()]


def params(node: Node) -> Params:
    """What the options say."""
    left, right = (integer(node, f"stacker_{side}_context", 0, 1 << 20) for side in ("left", "right"))
    frames = left + right + 1
    return Params(left, frames, integer(node, "stacker_step", 1, frames), node.place)


@OP.rule("int16", "i16 -> i16 b", params=params)
def define(input: Array, p: Params, machine: Machine) -> Iterator[tuple[str, Array]]:
    """Frames wait until there are enough."""
    waiting = kept(machine, p.place, lambda: [input.copy()] * p.left)
    waiting.append(input.copy())
    valid = len(waiting) >= p.frames
    yield "output", np.concatenate(waiting) if valid else np.zeros(input.size * p.frames, np.int16)
    yield "output_valid", np.array(valid)
    if valid:
        del waiting[: p.step]
