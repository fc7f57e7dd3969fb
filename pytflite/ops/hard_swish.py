"""HARD_SWISH: ``x * relu6(x + 3) / 6``.

input: any shape. output: the same shape.

int8, uint8: in 16 bits. The input without its zero point, 7 bits up, is brought to nearly the output's scale, and to
the scale 3/32768, where saturation makes [-3, 3] of it; that, shifted to [0, 1], is the factor. The last shift to the
output's scale rounds half away from zero. float32: as written, from left to right.

Source: ``activations.cc``, ``reference/hard_swish.h``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.fixed_point import quantize_multiplier, rounding_divide_by_pot
from pytflite.arithmetic.gemmlowp import multiply, shift_left
from pytflite.arithmetic.rounding import divide_toward_zero
from pytflite.arithmetic.vectors import in_vectors
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.activations import same_shape
from pytflite.ops._shared.lookup import NO_TABLE, tabulated
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import HardSwishOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.HARD_SWISH, options=HardSwishOptions)

shapes = OP.shapes(same_shape)


class HardSwishParams(NamedTuple):
    """What the integer rules are given; a multiplier and a shift stand for ``multiplier * 2**(shift - 15)``.

    Attributes:
        input_offset: minus the zero point of the input.
        output_multiplier: of 16 bits, from the input, 7 bits up, to the output's scale.
        output_shift: left positive, not above 0.
        reluish_multiplier: of 16 bits, from the input, 7 bits up, to the scale 3/32768.
        reluish_shift: left positive.
        output_offset: plus the zero point of the output.
        qmin: smallest code of the output.
        qmax: largest one.
        table: what becomes of each code.
    """

    input_offset: int
    output_multiplier: int
    output_shift: int
    reluish_multiplier: int
    reluish_shift: int
    output_offset: int
    qmin: int
    qmax: int
    table: Array = NO_TABLE


def params(node: Node) -> HardSwishParams:
    """Both multipliers, derived in float32."""
    input, output = node["input"], node["output"]
    raised_scale = np.float32(1 / 128) * input.scale
    to_output = multiplier_16(raised_scale / output.scale)
    node.require(to_output[1] <= 0, f"The scale of {output} must exceed a 128th of that of {input}.")
    to_reluish = multiplier_16(raised_scale / np.float32(3 / 32768))
    return HardSwishParams(-input.zero_point, *to_output, *to_reluish, output.zero_point, output.qmin, output.qmax)


def multiplier_16(real: np.float32) -> tuple[int, int]:
    """Multiplier of 16 bits and shift of a real number (``DownScaleInt32ToInt16Multiplier``, common.h)."""
    multiplier, shift = quantize_multiplier(real)
    return min((int(multiplier) + (1 << 15)) >> 16, 32767), int(shift)


@OP.rule("int8", "i8 -> i8", params=tabulated(params), kernel="lookup")
@OP.rule("uint8", "u8 -> u8", params=tabulated(params), kernel="lookup")
def define_quantized(input: Array, p: HardSwishParams) -> Stages:
    """The input at the output's scale, times a factor in [0, 1]."""
    raised = (input.astype(np.int64) + p.input_offset) << 7
    unshifted = multiply(raised, p.output_multiplier, 16)
    yield "unshifted", unshifted
    factor = (reluish(raised, p) + (1 << 15)) >> 1
    yield "factor", factor
    product = divide_toward_zero(unshifted * factor, 1 << 15)
    yield "product", product
    output = shift_right(product, -p.output_shift) + p.output_offset
    yield "output", np.clip(output, p.qmin, p.qmax).astype(input.dtype)


def shift_right(x: Array, exponent: int) -> Array:
    """``RoundingDivideByPOT`` of int16: beyond 15 its mask runs over, and every number becomes 1 or -1."""
    return rounding_divide_by_pot(x, exponent) if exponent < 16 else np.where(x < 0, -1, 1)


def reluish(raised: Array, p: HardSwishParams, shift_right: Callable[[Array, int], Array] = shift_right) -> Array:
    """The input in units of 3/32768, saturated; the last bit of a left shift comes after the multiplication."""
    shift, multiplier = p.reluish_shift, p.reluish_multiplier
    if shift > 0:
        return shift_left(multiply(shift_left(raised, shift - 1, 16), multiplier, 16), 1, 16)
    return shift_right(multiply(raised, multiplier, 16), -shift)


@OP.rule("quantized_vectors", "T -> T", params=params, by_name=True, T="i8 u8")
def define_quantized_vectors(input: Array, p: HardSwishParams) -> Stages:
    """Whole groups of 8: right shifts round upward, the product with the factor down; the rest as above."""
    raised = (input.astype(np.int64) + p.input_offset) << 7
    unshifted = multiply(raised, p.output_multiplier, 16)
    yield "unshifted", unshifted
    where = in_vectors(input.shape, 8)
    factor = (np.where(where, reluish(raised, p, shift_right_up), reluish(raised, p)) + (1 << 15)) >> 1
    yield "factor", factor
    product = np.where(where, (unshifted * factor) >> 15, divide_toward_zero(unshifted * factor, 1 << 15))
    yield "product", product
    shifts = (shift(product, -p.output_shift) for shift in (shift_right_up, shift_right))
    yield "output", np.clip(np.where(where, *shifts) + p.output_offset, p.qmin, p.qmax).astype(input.dtype)


def shift_right_up(x: Array, exponent: int) -> Array:
    """``vrshl`` of int16 to the right, ties upward."""
    return (x + ((1 << exponent) >> 1)) >> exponent


@OP.rule("float32", "f32 -> f32")
def define_float(input: Array, p: None) -> Array:
    """As written."""
    return input * np.clip(input + np.float32(3), np.float32(0), np.float32(6)) / np.float32(6)
