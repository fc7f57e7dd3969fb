"""POW: the first element raised to the power of the second.

input1, input2: shapes that broadcast. output: the shape that they broadcast to.

The C library's ``powf``; int32: its ``pow``, cut off, the lowest number for what does not fit (the nearest one on Arm).
Negative powers of int32 are refused. One exponent for bases of another shape that is, within 1/100000, an integer from
1 up: by squaring; then int32 wraps around and float32 stops at the largest finite number.

Source: ``pow.cc``, ``BroadcastPow4D`` of ``optimized/optimized_ops.h``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic import libm
from pytflite.arithmetic.limits import highest, lowest
from pytflite.arithmetic.rounding import CONVERSIONS, round_half_away, truncate_to_int32
from pytflite.errors import InvokeError
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.elementwise import broadcast_shapes
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import PowOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.POW, "input1 input2", "output", PowOptions)

shapes = OP.shapes(broadcast_shapes)


class PowParams(NamedTuple):
    """What both rules are given.

    Attributes:
        broadcast: whether the shapes differ.
        to_int32: the machine's conversion of floats.
    """

    broadcast: bool
    to_int32: Callable[[Array], Array]


def params(node: Node) -> PowParams:
    """Compare the shapes."""
    return PowParams(node["input1"].shape != node["input2"].shape, CONVERSIONS[node.profile.conversion])


@OP.rule("int32", "i32 i32 -> i32", params=params)
def define_int32(input1: Array, input2: Array, p: PowParams) -> Array:
    """By squaring, or in float64."""
    if (input2 < 0).any():
        raise InvokeError("POW does not support negative powers of integers.")
    if p.broadcast and is_natural(input2):
        return raised(input1, input2)
    return p.to_int32(libm.pow(input1.astype(np.float64), input2.astype(np.float64))).astype(np.int32)


@OP.rule("float32", "f32 f32 -> f32", params=params)
def define_float32(input1: Array, input2: Array, p: PowParams) -> Array:
    """By squaring, or in float32."""
    return raised(input1, input2) if p.broadcast and is_natural(input2) else libm.powf(input1, input2)


def is_natural(exponents: Array) -> bool:
    """Whether there is one exponent, near an integer from 1 up."""
    if exponents.size != 1:
        return False
    nearest = truncate_to_int32(round_half_away(exponents))
    distance = np.abs(exponents - nearest.astype(exponents.dtype))
    return bool(((nearest >= 1) & (distance < np.float32(1e-5))).all())


def raised(bases: Array, exponents: Array) -> Array:
    """All bases to the power of one exponent."""
    shape = np.broadcast_shapes(bases.shape, exponents.shape)
    return by_squaring(np.broadcast_to(bases, shape), round(exponents.item())).copy()


def by_squaring(bases: Array, exponent: int) -> Array:
    """To the power of a natural number, clamped after each product."""
    if exponent == 1:
        return bases
    limits = lowest(bases.dtype), highest(bases.dtype)
    root = by_squaring(bases, exponent // 2)
    power: Array = np.clip(root * root, *limits)
    return np.clip(bases * power, *limits) if exponent % 2 else power
