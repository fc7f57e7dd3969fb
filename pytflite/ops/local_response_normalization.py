"""LOCAL_RESPONSE_NORMALIZATION: elements divided by a power of the squares of those around them in the channel.

input: (batch, height, width, channels). output: of the same shape: ``input * (bias + alpha * squares) ** -beta``, where
squares are summed one by one from ``radius`` channels before up to, but without, the one ``radius`` channels behind.
The power is taken in float64.

Source: ``local_response_norm.cc``, ``reference/reference_ops.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.libm import pow
from pytflite.ops._api import Node, Op, Shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import LocalResponseNormalizationOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.LOCAL_RESPONSE_NORMALIZATION, "input", "output", LocalResponseNormalizationOptions)


class LocalParams(NamedTuple):
    """The options, which the file holds in float32 and the kernel in float64."""

    radius: int
    bias: float
    alpha: float
    beta: float


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The input's shape."""
    input = node["input"]
    node.require(len(input.shape) == 4, f"{input} must have 4 dimensions.")
    return [input.shape]


def params(node: Node) -> LocalParams:
    """The options."""
    options = node.options
    return LocalParams(options.radius, *(float(np.float32(v)) for v in (options.bias, options.alpha, options.beta)))


@OP.rule("float32", "f32 -> f32", params=params)
def define(input: Array, p: LocalParams) -> Stages:
    """Sum the squares of each neighbour in turn, scale."""
    channels = input.shape[3]
    squares = np.zeros(input.shape, np.float32)
    for offset in range(max(-p.radius, -channels), min(p.radius, channels)):
        first, last = max(-offset, 0), min(channels - offset, channels)
        neighbour = input[..., first + offset : last + offset]
        squares[..., first:last] += neighbour * neighbour
    yield "squares", squares
    multiplier = pow(p.bias + p.alpha * squares.astype(np.float64), -p.beta).astype(np.float32)
    yield "multiplier", multiplier
    yield "output", input * multiplier
