"""NEG: the number of opposite sign.

input: any shape. output: the same shape.

Codes are negated as they are, whatever they stand for. Integers wrap around: the lowest one stays.

Source: ``neg.cc``, ``reference/neg.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Op
from pytflite.ops._shared.activations import same_shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import NegOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.NEG, options=NegOptions)

shapes = OP.shapes(same_shape)


@OP.rule("negate", "T -> T", T="f32 f16 i8 i16 i32 i64")
def define(input: Array, p: None) -> Array:
    """As C does it."""
    return np.negative(input)


@OP.rule("bfloat16", "bf16 -> bf16")
def define_bfloat16(input: Array, p: None) -> Array:
    """The other sign bit."""
    return input ^ np.uint16(0x8000)
