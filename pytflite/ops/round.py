"""ROUND: the nearest integer, ties to even.

input: any shape. output: the same shape.

What rounds up to zero is plus 0.

Source: ``round.cc``, ``reference/round.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.bfloat16 import bfloat16_to_float32, float32_to_bfloat16
from pytflite.ops._api import Op
from pytflite.ops._shared.activations import same_shape
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.ROUND)

shapes = OP.shapes(same_shape)


@OP.rule("float", "F -> F", F="f32 f16")
def define(input: Array, p: None) -> Array:
    """To nearest."""
    return round_to_nearest(input)


@OP.rule("bfloat16", "bf16 -> bf16")
def define_bfloat16(input: Array, p: None) -> Array:
    """To nearest."""
    return float32_to_bfloat16(round_to_nearest(bfloat16_to_float32(input)))


def round_to_nearest(x: Array) -> Array:
    """Ties to even; minus 0 comes from minus 0 only."""
    return np.where(x == 0, x, np.rint(x) + x.dtype.type(0))
