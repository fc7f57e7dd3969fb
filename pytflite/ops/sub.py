"""SUB: the difference of two tensors, element by element.

input1, input2: shapes that broadcast. output: the shape that they broadcast to.

int8, uint8, int16: both inputs are brought to a common scale with 20 (int16: 15) bits of headroom, subtracted, and
brought to the output's scale. int16 with power-of-two scales, where the options ask for that arithmetic: the finer
input is shifted to the scale of the other. Everything else is subtracted as it is; integers wrap around.

Source: ``sub.cc``, ``reference/sub.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Op
from pytflite.ops._shared.elementwise import (
    PotParams,
    RescaledParams,
    SharedShiftParams,
    Stages,
    broadcast_shapes,
    has_pot_scales,
    plain,
    pot,
    pot_params,
    rescaled,
    rescaled_params,
    shared_shift,
    shared_shift_params,
)
from pytflite.ops._shared.epilogues import plain_activation
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SubOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.SUB, "input1 input2", "output", SubOptions)

shapes = OP.shapes(broadcast_shapes)


@OP.rule("int8", "i8 i8 -> i8", params=rescaled_params(20), kernel="sub")
@OP.rule("uint8", "u8 u8 -> u8", params=rescaled_params(20), kernel="sub")
@OP.rule("int16", "i16 i16 -> i16", params=rescaled_params(15), kernel="sub")
def define(input1: Array, input2: Array, p: RescaledParams) -> Stages:
    """The difference at a common scale."""
    return rescaled(np.subtract, input1, input2, p)


@OP.rule("shared_shift", "Q Q -> Q", params=shared_shift_params(-1), by_name=True, Q="i8 u8")
def define_shared_shift(input1: Array, input2: Array, p: SharedShiftParams) -> Stages:
    """The difference at the output's scale, of products with integers."""
    return shared_shift(input1, input2, p)


@OP.rule("int16_pot", "i16 i16 -> i16", params=pot_params, when=has_pot_scales)
def define_pot(input1: Array, input2: Array, p: PotParams) -> Stages:
    """The difference at the output's scale."""
    return pot(np.subtract, input1, input2, p)


@OP.rule("float32", "f32 f32 -> f32", params=plain_activation)
@OP.rule("integer", "I I -> I", params=plain_activation, I="i32 i64")
def define_plain(input1: Array, input2: Array, p: tuple[Any, Any]) -> Stages:
    """The difference of the numbers."""
    return plain(np.subtract, input1, input2, p)
