"""SQUARED_DIFFERENCE: the square of the difference of two elements.

input1, input2: shapes that broadcast. output: the shape that they broadcast to.

int8: both inputs are brought to a common scale with 7 bits of headroom, subtracted, squared, and brought to the
output's scale. Everything else is computed as it is; integers wrap around.

Source: ``squared_difference.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.epilogue import QuantizedEpilogue
from pytflite.ops._api import Node, Op, TensorSpec
from pytflite.ops._shared.elementwise import Rescale, RescaledParams, Stages, broadcast_shapes, rescaled
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SquaredDifferenceOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.SQUARED_DIFFERENCE, "input1 input2", "output", SquaredDifferenceOptions)

LEFT_SHIFT = 7
"""Bits gained before the inputs are brought to the common scale."""

shapes = OP.shapes(broadcast_shapes)


def params(node: Node) -> RescaledParams:
    """Params of int8; the common scale is ``2 * max(scale1, scale2) / 2**LEFT_SHIFT``."""
    input1, input2, output = node["input1"], node["input2"], node["output"]
    for tensor in (input1, input2, output):
        node.require(tensor.scale > 0, f"The scale of {tensor} must be positive.")
        node.require(-128 <= tensor.zero_point <= 127, f"The zero point of {tensor} must be in the range [-128, 127].")
    twice_max = 2 * max(input1.scale, input2.scale)
    divisor = np.float32(1 << 2 * LEFT_SHIFT) * output.scale
    node.require(
        float(twice_max) ** 2 < divisor,
        f"The scale of {output} must exceed {twice_max}^2/2^{2 * LEFT_SHIFT}, or the output multiplier is not below 1.",
    )

    def rescale(input: TensorSpec) -> Rescale:
        return Rescale(
            -input.zero_point, LEFT_SHIFT, node.requantizer(input.scale, over=twice_max, precision="float64")
        )

    requantizer = node.requantizer(twice_max, twice_max, over=divisor, precision="float64")
    epilogue = QuantizedEpilogue(requantizer, output.zero_point, output.qmin, output.qmax)
    return RescaledParams(rescale(input1), rescale(input2), epilogue)


@OP.rule("int8", "i8 i8 -> i8", params=params)
def define(input1: Array, input2: Array, p: RescaledParams) -> Stages:
    """The squared difference at a common scale."""
    return rescaled(squared_difference, input1, input2, p)


@OP.rule("float32", "f32 f32 -> f32")
@OP.rule("int32", "i32 i32 -> i32")
def define_plain(input1: Array, input2: Array, p: None) -> Array:
    """The squared difference of the numbers."""
    return squared_difference(input1, input2)


def squared_difference(input1: Array, input2: Array) -> Array:
    """As NumPy computes it."""
    squared: Array = np.square(input1 - input2)
    return squared
