"""SOFTMAX: ``exp(beta * x)`` over its sum, along the last dimension.

input: one dimension or more. output: the same shape.

int8, uint8: differences to the largest code of a row go through a fixed-point exp, their sum has 12 integer bits, its
reciprocal comes from Newton's method. The output is int16 or of the input's type; its scale is taken for 1/65536 or
1/256, its zero point for the smallest code. int16: exp and reciprocal are tables of 513 entries, interpolated. float32,
float16: differences to the largest number, times beta, the C library's ``expf``, a sum from left to right, a division;
float16 rounds after the exp and at the end.

Source: ``activations.cc``, ``reference/softmax.h``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic import gemmlowp, libm
from pytflite.arithmetic.fixed_point import (
    multiply_by_quantized_multiplier,
    quantize_multiplier,
    rounding_divide_by_pot,
)
from pytflite.arithmetic.requantize import Requantizer
from pytflite.arithmetic.rounding import round_half_away, truncate_to_int32, wrap_int32
from pytflite.arithmetic.tables import interpolate, interpolation_table
from pytflite.errors import InvokeError
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.activations import require_symmetric
from pytflite.ops._shared.softmax import SUM_BITS, DifferenceScale, rows_shapes
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SoftmaxOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.SOFTMAX, options=SoftmaxOptions)


shapes = OP.shapes(rows_shapes)


def beta(node: Node) -> np.float32:
    """The option."""
    return np.float32(node.options.beta)


def require_output(node: Node, scale: float, zero_point: int) -> None:
    """Refuse an output that does not stand for numbers from 0 to 1."""
    output = node["output"]
    is_near = abs(output.scale - np.float32(scale)) <= np.float32(0.001) * np.float32(scale)
    node.require(is_near, f"The scale of {output} must be {scale}.")
    node.require(output.zero_point == zero_point, f"The zero point of {output} must be {zero_point}.")


class FixedPointParams(NamedTuple):
    """What the rules for 8-bit inputs are given.

    Attributes:
        exps: int64 (256,), exp of how far a code is below the largest, raw values without integer bits.
        dtype: of the output.
    """

    exps: Array
    dtype: np.dtype[Any]


def fixed_point_params(node: Node) -> FixedPointParams:
    """Tabulate the exps."""
    if node["output"].letter == "i8":
        require_output(node, 1 / 256, -128)
    return FixedPointParams(DifferenceScale.of(node, float(beta(node))).exps(), node["output"].dtype)


@OP.rule("int8", "i8 -> O", params=fixed_point_params, O="i8 i16")
@OP.rule("uint8", "u8 -> O", params=fixed_point_params, O="u8 i16")
def define_fixed_point(input: Array, p: FixedPointParams) -> Stages:
    """Exps times the reciprocal of their sum."""
    codes, out = input.astype(np.int64), np.iinfo(p.dtype)
    exps = p.exps[codes.max(-1, keepdims=True, initial=np.iinfo(input.dtype).min) - codes]
    yield "exps", exps
    sums = wrap_int32(rounding_divide_by_pot(exps, SUM_BITS).sum(-1, keepdims=True))
    yield "sum", sums
    reciprocals, bits_over_unit = gemmlowp.reciprocal(sums, SUM_BITS)
    yield "reciprocal", reciprocals
    exponents = bits_over_unit + 31 - out.bits
    if ((exponents < 0) | (exponents > 31)).any():
        raise InvokeError(
            "A row is empty, or so many of its codes are near the largest that the sum of exps overflows."
        )
    scaled = rounding_divide_by_pot(gemmlowp.multiply(reciprocals, exps), exponents)
    yield "output", np.clip(scaled + out.min, out.min, out.max).astype(p.dtype)


class TableParams(NamedTuple):
    """What the rule with a float32 table is given.

    Attributes:
        exps: float32 (256,), exp of how far a code is below the largest.
        scale: of the output.
        zero_point: of the output.
        rounding: of float32 to whole numbers.
        dtype: of the output.
    """

    exps: Array
    scale: np.float32
    zero_point: int
    rounding: Callable[[Array], Array]
    dtype: np.dtype[Any]


def table_params(node: Node) -> TableParams:
    """Tabulate the exps (``PopulateSoftmaxLookupTable``, optimized_ops.h)."""
    output = node["output"]
    if output.letter == "i8":
        require_output(node, 1 / 256, -128)
    exps = libm.expf(-node["input"].scale * beta(node) * np.arange(256, dtype=np.float32))
    rounding, zero_point = (round_half_up, 0) if output.letter == "u8" else (round_half_away, output.zero_point)
    return TableParams(exps, output.scale, zero_point, rounding, output.dtype)


def round_half_up(x: Array) -> Array:
    """A half is added in float32."""
    return np.trunc(x + np.float32(0.5))


@OP.rule("float32_table", "i8 -> A", "u8 -> B", params=table_params, by_name=True, A="i8 i16", B="u8 i16")
def define_table(input: Array, p: TableParams) -> Stages:
    """Exps over the sum of exps, in float32 (``Softmax``, optimized_ops.h)."""
    codes, out = input.astype(np.int64), np.iinfo(p.dtype)
    exps = p.exps[codes.max(-1, keepdims=True, initial=np.iinfo(input.dtype).min) - codes]
    yield "exps", exps
    sums = np.add.accumulate(exps, axis=-1)[..., -1:]
    yield "sum", sums
    scaled = exps * (np.float32(1) / (sums * p.scale))
    yield "scaled", scaled
    output = truncate_to_int32(p.rounding(scaled)) + p.zero_point
    yield "output", np.clip(output, out.min, out.max).astype(p.dtype)


class IntegerTableParams(NamedTuple):
    """What the rule with a table of integers is given.

    Attributes:
        exps: int64 (256,), exp of how far a code is below the largest, in units of 1/65535.
        scale: of the output.
        zero_point: of the output.
        dtype: of the output.
    """

    exps: Array
    scale: np.float32
    zero_point: int
    dtype: np.dtype[Any]


def integer_table_params(node: Node) -> IntegerTableParams:
    """Tabulate the exps (``PopulateSoftmaxUInt8LookupTable``, optimized_ops.h)."""
    output = node["output"]
    if output.letter == "i8":
        require_output(node, 1 / 256, -128)
    exps = libm.expf(node["input"].scale * beta(node) * -np.arange(256, dtype=np.float32))
    units = (exps * np.float32(65535)).astype(np.float64) + 0.5
    return IntegerTableParams(units.astype(np.int64), output.scale, output.zero_point, output.dtype)


@OP.rule("uint16_table", "T -> T", params=integer_table_params, by_name=True, T="i8 u8")
def define_integer_table(input: Array, p: IntegerTableParams) -> Stages:
    """Exps times the reciprocal of their sum, a quantized multiplier (``SoftmaxInt8LUT``, optimized_ops.h)."""
    codes, out = input.astype(np.int64), np.iinfo(p.dtype)
    exps = p.exps[codes.max(-1, keepdims=True, initial=out.min) - codes]
    yield "exps", exps
    sums = exps.sum(-1, keepdims=True)
    yield "sum", sums
    multipliers = quantize_multiplier(np.float32(1) / (sums.astype(np.float32) * p.scale))
    scaled = multiply_by_quantized_multiplier(exps, *multipliers)
    yield "scaled", scaled
    yield "output", np.clip(scaled + p.zero_point, out.min, out.max).astype(p.dtype)


class Int16Params(NamedTuple):
    """What the rule for int16 is given.

    Attributes:
        requantizer: from differences of codes to the codes of the exp table.
        exp: int16 (513,), exp on [-10, 0].
        reciprocal: int16 (513,), ``1 / (1 + x)`` on [0, 1].
    """

    requantizer: Requantizer
    exp: Array
    reciprocal: Array


def int16_params(node: Node) -> Int16Params:
    """From the input's scale to 65535 codes for 10."""
    require_symmetric(node)
    require_output(node, 1 / 32768, 0)
    real = float(node["input"].scale * beta(node)) / (10.0 / 65535.0)
    return Int16Params(node.fixed_point(*quantize_multiplier(real)), *int16_tables())


@cache
def int16_tables() -> tuple[Array, Array]:
    """Of exp and of ``1 / (1 + x)``, computed in float64; 32767.5 stands for 1."""
    exp = interpolation_table(libm.exp, 10.0 / 65535, 32767, 2.0 / 65535, 0, np.float64)
    return exp, interpolation_table(lambda x: 1.0 / (1.0 + x), 1.0 / 65535, -32768, 2.0 / 65535, 0, np.float64)


@OP.rule("int16", "i16 -> i16", params=int16_params)
def define_int16(input: Array, p: Int16Params) -> Stages:
    """Exps times the reciprocal of their sum."""
    *earlier, (_, quotients) = int16_quotients(input, p)
    yield from earlier
    yield "output", np.clip(quotients, 0, 32767).astype(np.int16)


@OP.rule("int16_wrapped", "i16 -> i16", params=int16_params, by_name=True)
def define_int16_wrapped(input: Array, p: Int16Params) -> Stages:
    """The same, where a quotient of 1 becomes -1 (``arm_softmax_s16`` of CMSIS-NN)."""
    *earlier, (_, quotients) = int16_quotients(input, p)
    yield from earlier
    yield "output", quotients.astype(np.int16)


def int16_quotients(input: Array, p: Int16Params) -> Stages:
    """Exps, their sum, its reciprocal, and the quotients of both."""
    codes = input.astype(np.int64)
    differences = p.requantizer(codes - codes.max(-1, keepdims=True, initial=-32768))
    exps = interpolate(np.clip(wrap_int32(differences + 32767), -32768, 32767), p.exp).astype(np.int64)
    yield "exps", exps
    sums = wrap_int32(exps.sum(-1, keepdims=True))
    yield "sum", sums
    headroom = gemmlowp.leading_zeros(sums) - 1
    above_one = (((sums << headroom) + (1 << 13)) >> 14) - (1 << 16)
    reciprocals = interpolate(np.clip(above_one - (1 << 15), -32768, 32767), p.reciprocal).astype(np.int64)
    yield "reciprocal", reciprocals
    shift = 30 - headroom
    yield "quotients", (exps * reciprocals + (1 << (shift - 1))) >> shift


@OP.rule("float32", "f32 -> f32", params=beta)
@OP.rule("float16", "f16 -> f16", params=beta)
def define_float(input: Array, p: np.float32) -> Stages:
    """Exps over their sum."""
    largest = input.max(-1, keepdims=True, initial=np.finfo(input.dtype).min)
    exps = libm.expf((input.astype(np.float32) - largest.astype(np.float32)) * p)
    yield "exps", exps
    sums = np.add.accumulate(exps, axis=-1)[..., -1:]
    yield "sum", sums
    yield "output", (exps.astype(input.dtype).astype(np.float32) / sums).astype(input.dtype)
