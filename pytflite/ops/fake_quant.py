"""FAKE_QUANT: what quantization would make of a number.

input: any shape. output: the same shape.

The range in the options is moved so that 0 is a code of it, then numbers are clamped to it and rounded to the nearest
code, ties away from zero; all in float32. NaN becomes the lower end.

Source: ``fake_quant.cc``, ``NudgeQuantizationRange`` and ``FakeQuantizeArray`` of ``quantization_util.cc``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.rounding import round_half_away
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.activations import same_shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import FakeQuantOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.FAKE_QUANT, options=FakeQuantOptions)

shapes = OP.shapes(same_shape)


class NudgedRange(NamedTuple):
    """A range of which 0 is a code, all float32.

    Attributes:
        minimum: the lowest code.
        maximum: the highest code.
        scale: the distance of codes.
    """

    minimum: np.float32
    maximum: np.float32
    scale: np.float32


def params(node: Node) -> NudgedRange:
    """Move the range."""
    options = node.options
    node.require(not options.narrow_range, "A narrow range is not supported.")
    node.require(1 <= options.num_bits <= 16, f"{options.num_bits} bits given, 1 to 16 accepted.")
    low, high = np.float32(options.min), np.float32(options.max)
    node.require(low < high, f"The range from {low} to {high} is empty.")
    quant_max = np.float32((1 << options.num_bits) - 1)
    scale = (high - low) / quant_max
    zero_point = round_half_away(np.clip(-low / scale, np.float32(0), quant_max))
    return NudgedRange(np.float32(-zero_point * scale), np.float32((quant_max - zero_point) * scale), scale)


@OP.rule("float32", "f32 -> f32", params=params)
def define(input: Array, p: NudgedRange) -> Array:
    """Clamp and round."""
    above = np.where(input > p.minimum, input, p.minimum)
    clamped = np.where(above < p.maximum, above, p.maximum)
    return round_half_away((clamped - p.minimum) * (np.float32(1) / p.scale)) * p.scale + p.minimum
