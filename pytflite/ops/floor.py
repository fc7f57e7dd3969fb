"""FLOOR: the next integer below.

input: any shape. output: the same shape.

Source: ``floor.cc``, ``reference/floor.h``.
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

OP = Op(BuiltinOperator.FLOOR)

shapes = OP.shapes(same_shape)


@OP.rule("float", "F -> F", F="f32 f16")
def define(input: Array, p: None) -> Array:
    """Downward."""
    return np.floor(input)


@OP.rule("bfloat16", "bf16 -> bf16")
def define_bfloat16(input: Array, p: None) -> Array:
    """Downward."""
    return float32_to_bfloat16(np.floor(bfloat16_to_float32(input)))
