"""SignalDelay: samples, later.

input: (..., samples) int16. output: the same shape: the samples of delay_length before; at first zeros.

Source: ``signal/micro/kernels/delay.cc`` of TFLM.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Machine, Node, Op, Place, Shape
from pytflite.ops._shared.custom_options import integer
from pytflite.ops._shared.state import kept
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.CUSTOM, "input", "output", stateful=True, custom_code="SignalDelay")


class Params(NamedTuple):
    """How much later, and the place of the samples that wait."""

    delay_length: int
    place: Place


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """That of the input."""
    input = node["input"]
    node.require(input.shape, f"{input} must have at least 1 dimension.")
    return [input.shape]


def params(node: Node) -> Params:
    """What the options say."""
    return Params(integer(node, "delay_length", 0, 1 << 24), node.place)


@OP.rule("int16", "i16 -> i16", params=params)
def define(input: Array, p: Params, machine: Machine) -> Array:
    """The same for each row."""
    waiting = kept(machine, p.place, lambda: np.zeros((*input.shape[:-1], p.delay_length), np.int16))
    both = np.concatenate([waiting, input], axis=-1)
    waiting[...] = both[..., input.shape[-1] :]
    return both[..., : input.shape[-1]].copy()
