"""DIV: the quotient of two tensors, element by element.

input1, input2: shapes that broadcast. output: the shape that they broadcast to.

int8, uint8, int16: the first input without its zero point, as far up as 32 bits allow, times the fixed-point reciprocal
of the second, which comes from Newton's method; one multiplier, the output zero point and the clamp of the fused
activation. Quotients so small that more than 31 bits would be shifted out come out as the x86 builds compute them.
int32: cut off toward zero. Integers refuse to be divided by 0, floats do not; infinity does not pass the clamp.

Source: ``div.cc``, ``reference/div.h``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.fixed_point import quantize_multiplier
from pytflite.arithmetic.gemmlowp import leading_zeros, multiply, reciprocal
from pytflite.arithmetic.rounding import divide_toward_zero, wrap_int32
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.division import require_divisors
from pytflite.ops._shared.elementwise import Stages, broadcast_shapes, plain
from pytflite.ops._shared.epilogues import plain_activation, quantized_activation
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import DivOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.DIV, "input1 input2", "output", DivOptions)

shapes = OP.shapes(broadcast_shapes)


class DivParams(NamedTuple):
    """What the quantized rules are given.

    Attributes:
        input1_offset: minus the zero point of the first input.
        input2_offset: minus that of the second.
        multiplier: int32, from the quotient to the output's scale.
        shift: left positive.
        output_offset: plus the output zero point.
        activation_min: smallest code that the fused activation lets pass.
        activation_max: largest one.
        finish: from quotients, the multiplier, and how far to shift the product of both to the right.
    """

    input1_offset: int
    input2_offset: int
    multiplier: int
    shift: int
    output_offset: int
    activation_min: int
    activation_max: int
    finish: Callable[[Array, int, Array], Array]


def params(node: Node) -> DivParams:
    """Params of the quantized rules; the multiplier is derived in float32."""
    input1, input2, output = node["input1"], node["input2"], node["output"]
    multiplier, shift = map(int, quantize_multiplier(input1.scale / (input2.scale * output.scale)))
    offsets = -input1.zero_point, -input2.zero_point
    return DivParams(*offsets, multiplier, shift, output.zero_point, *quantized_activation(node), round_twice)


def exact_params(node: Node) -> DivParams:
    """The same, where quotients that are too small to be seen are 0."""
    return params(node)._replace(finish=round_twice_exactly)


def rounded_once_params(node: Node) -> DivParams:
    """The same with TFLITE_SINGLE_ROUNDING."""
    return params(node)._replace(finish=round_once)


@OP.rule("int8", "i8 i8 -> i8", params=params)
@OP.rule("uint8", "u8 u8 -> u8", params=params)
@OP.rule("int16", "i16 i16 -> i16", params=params)
@OP.rule("quantized", "Q Q -> Q", params=exact_params, by_name=True, Q="i8 u8 i16")
@OP.rule("rounded_once", "i8 i8 -> i8", params=rounded_once_params, by_name=True)
def define(input1: Array, input2: Array, p: DivParams) -> Stages:
    """Times the reciprocal."""
    divisor = input2.astype(np.int64) + p.input2_offset
    require_divisors(divisor)
    dividend = (input1.astype(np.int64) + p.input1_offset) * np.sign(divisor)
    inverse, bits_over_unit = reciprocal(np.abs(divisor), 31)
    yield "reciprocal", inverse
    headroom = leading_zeros(np.where(dividend < 0, ~dividend, dividend)) - 1
    quotient = multiply(wrap_int32(dividend << headroom), inverse)
    yield "quotient", quotient
    requantized = p.finish(quotient, p.multiplier, headroom + bits_over_unit - p.shift)
    yield "requantized", requantized
    shifted = wrap_int32(requantized + p.output_offset)
    yield "output", np.clip(shifted, p.activation_min, p.activation_max).astype(input1.dtype)


def round_twice(quotient: Array, multiplier: int, exponent: Array) -> Array:
    """``RoundingDivideByPOT`` on x86, where only the lowest bits of a number of bits to shift by count."""
    x = multiply(quotient, multiplier)
    places = exponent & 31
    mask = np.where(exponent & 63 < 32, (1 << places) - 1, -1)
    shifted: Array = (x >> places) + ((x & mask) > (mask >> 1) + (x < 0))
    return shifted


def round_twice_exactly(quotient: Array, multiplier: int, exponent: Array) -> Array:
    """Rounded half away from zero, however far; to the left where the exponent is negative."""
    x = multiply(quotient, multiplier)
    down = np.clip(exponent, 0, 62)
    magnitude = (np.abs(x) + (1 << down >> 1)) >> down
    return wrap_int32(np.sign(x) * magnitude << np.clip(-exponent, 0, 31))


def round_once(quotient: Array, multiplier: int, exponent: Array) -> Array:
    """``MultiplyByQuantizedMultiplier`` of single rounding, which takes no more than 31 bits to shift by."""
    places = 31 + np.minimum(exponent, 31)
    rounded: Array = (quotient * multiplier + (np.int64(1) << (places - 1))) >> places
    return rounded


@OP.rule("int32", "i32 i32 -> i32", params=plain_activation)
def define_int32(input1: Array, input2: Array, p: tuple[Any, Any]) -> Stages:
    """Toward zero."""
    require_divisors(input2)
    quotient = divide_toward_zero(input1, input2)
    yield "accumulator", quotient
    yield "output", np.clip(quotient, *p).astype(input1.dtype)


@OP.rule("float32", "f32 f32 -> f32", params=plain_activation)
def define_float32(input1: Array, input2: Array, p: tuple[Any, Any]) -> Stages:
    """The quotient of the numbers."""
    return plain(np.divide, input1, input2, p)
