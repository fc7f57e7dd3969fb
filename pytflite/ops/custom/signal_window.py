"""SignalWindow: samples times a window.

input: int16, any shape. weights: int16 vector; the input is as many windows one behind the other as it has elements.
output: ``input * weights >> shift``, saturated.

Source: ``signal/src/window.cc`` of TFLM.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.custom_options import integer
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.CUSTOM, "input weights", "output", custom_code="SignalWindow")


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """That of the input."""
    input, weights = node["input"], node["weights"]
    node.require(len(weights.shape) == 1 and prod(weights.shape), f"{weights} must be a vector.")
    node.require(
        input.shape and prod(input.shape) % weights.shape[0] == 0,
        f"{input} must hold whole windows of {weights.shape[0]} samples.",
    )
    return [input.shape]


def params(node: Node) -> int:
    """The shift."""
    return integer(node, "shift", 0, 31)


@OP.rule("int16", "i16 i16 -> i16", params=params)
def define(input: Array, weights: Array, p: int) -> Iterator[tuple[str, Array]]:
    """Right shifts round down."""
    windows = input.reshape(-1, weights.size).astype(np.int32)
    scaled = (windows * weights) >> p
    yield "scaled", scaled
    yield "output", np.clip(scaled, -32768, 32767).astype(np.int16).reshape(input.shape)
