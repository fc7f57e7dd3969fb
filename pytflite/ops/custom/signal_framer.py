"""SignalFramer: frames that overlap, out of samples that come in steps.

input: (..., samples) int16, a multiple of frame_step. output: (..., samples / frame_step, frame_size): after each step
the newest frame_size samples. output_valid: whether there were as many yet; frames that there are not are 0 (where TFLM
leaves what the memory held before). With prefill there are zeros before the first sample.

Source: ``signal/micro/kernels/framer.cc`` of TFLM.
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

OP = Op(BuiltinOperator.CUSTOM, "input", "output output_valid", stateful=True, custom_code="SignalFramer")


class Params(NamedTuple):
    """Sizes in samples, how many zeros there are at first, and the place of the samples that are still needed."""

    frame_size: int
    frame_step: int
    prefill: int
    place: Place


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """A frame for each step."""
    input, p = node["input"], params(node)
    node.require(
        input.shape and input.shape[-1] and input.shape[-1] % p.frame_step == 0,
        f"{input} must have whole steps of {p.frame_step} samples.",
    )
    return [(*input.shape[:-1], input.shape[-1] // p.frame_step, p.frame_size), ()]


def params(node: Node) -> Params:
    """What the options say."""
    size = integer(node, "frame_size", 1)
    step = integer(node, "frame_step", 1, size)
    return Params(size, step, size - step if integer(node, "prefill") else 0, node.place)


@OP.rule("int16", "i16 -> i16 b", params=params)
def define(input: Array, p: Params, machine: Machine) -> Iterator[tuple[str, Array]]:
    """The same for each row."""
    steps = input.reshape(-1, input.shape[-1] // p.frame_step, p.frame_step)
    (waiting,) = held = kept(machine, p.place, lambda: [np.zeros((len(steps), p.prefill), np.int16)])
    output = np.zeros((*steps.shape[:2], p.frame_size), np.int16)
    valid = True
    for i in range(steps.shape[1]):
        waiting = np.concatenate([waiting, steps[:, i]], axis=1)
        if waiting.shape[1] >= p.frame_size:
            output[:, i] = waiting[:, : p.frame_size]
            waiting = waiting[:, p.frame_step :]
        else:
            valid = False
    held[0] = waiting
    yield "output", output.reshape(*input.shape[:-1], *output.shape[1:])
    yield "output_valid", np.array(valid)
