"""Functions of quantized numbers as tables: one entry per 8-bit code, or an entry every 128 codes of int16."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.libm import exp
from pytflite.arithmetic.power_of_two import checked_log2
from pytflite.arithmetic.rounding import round_half_away, truncate_to_int32, wrap_int32

Array = npt.NDArray[Any]
Function = Callable[[Array], Array]


class CodeTable(NamedTuple):
    """A function of 8-bit codes, entry by entry; the index is a code's byte, taken as unsigned.

    Attributes:
        dequantized: float32 (256,), the real number that a code stands for.
        function: float32 (256,), the function of it.
        table: uint8 or int8 (256,), that as a code of the output.
    """

    dequantized: Array
    function: Array
    table: Array


def code_table(
    function: Function,
    input_scale: np.float32,
    input_zero_point: int,
    output_scale: np.float32,
    output_zero_point: int,
    dtype: np.dtype[Any],
) -> CodeTable:
    """Tabulate a function of 8-bit codes, all in float32 (``LUTPopulateInt8``, common.h).

    Args:
        function: from float32 to float32.
        input_scale: of the codes.
        input_zero_point: of the codes.
        output_scale: of the results.
        output_zero_point: of the results.
        dtype: int8 or uint8.
    """
    codes = np.arange(256, dtype=np.uint8).view(dtype)
    limits = np.iinfo(dtype)
    with np.errstate(all="ignore"):
        dequantized = np.float32(input_scale) * (codes.astype(np.int64) - input_zero_point).astype(np.float32)
        transformed = function(dequantized)
        rescaled = round_half_away(transformed * (np.float32(1) / np.float32(output_scale)))
        shifted = rescaled + np.float32(output_zero_point)
        # Undefined in C++: x86 builds make 0 of NaN and, if codes are unsigned, of what does not fit into int32.
        is_lost = np.isnan(shifted) | ((limits.min == 0) & (shifted >= np.float32(1 << 31)))
        quantized = np.where(is_lost, 0, np.clip(shifted, limits.min, limits.max))
    return CodeTable(dequantized, transformed, quantized.astype(dtype))


def shifted_code_table(
    function: Function,
    input_scale: np.float32,
    input_zero_point: int,
    output_scale: np.float32,
    output_zero_point: int,
    dtype: np.dtype[Any],
    rounding: Function,
) -> CodeTable:
    """The same as XNNPACK tabulates it: the output zero point is added before the rounding.

    Args:
        function: from float32 to float32.
        input_scale: of the codes.
        input_zero_point: of the codes.
        output_scale: of the results.
        output_zero_point: of the results.
        dtype: int8 or uint8.
        rounding: of float32 to whole numbers.

    Source: ``src/reference/unary-elementwise.cc`` of XNNPACK.
    """
    codes = np.arange(256, dtype=np.uint8).view(dtype)
    limits = np.iinfo(dtype)
    with np.errstate(all="ignore"):
        dequantized = (codes.astype(np.float32) - np.float32(input_zero_point)) * np.float32(input_scale)
        transformed = function(dequantized)
        rescaled = transformed * (np.float32(1) / np.float32(output_scale)) + np.float32(output_zero_point)
    return CodeTable(dequantized, transformed, np.clip(rounding(rescaled), limits.min, limits.max).astype(dtype))


def interpolation_table(
    function: Function,
    input_scale: float,
    input_zero_point: int,
    output_scale: float,
    output_zero_point: int,
    float_type: type[np.floating[Any]] = np.float32,
) -> Array:
    """Tabulate a function of int16 codes (``LUTPopulateInt16``, common.h).

    An entry is the function at the start of its segment of 128 codes, less half of the error that a straight line makes
    in the middle of the segment.

    Args:
        function: from arrays of ``float_type`` to the same.
        input_scale: of the codes.
        input_zero_point: of the codes.
        output_scale: of the results.
        output_zero_point: of the results; only bounds the range that 65536 codes are spread over.
        float_type: what everything is computed in.

    Returns:
        int16 (513,): the starts of 512 segments and the end of the last.
    """
    real = float_type
    first, last = -32768, 32767
    with np.errstate(all="ignore"):
        input_min, input_max = (real(input_scale) * real(q - input_zero_point) for q in (first, last))
        output_min, output_max = (real(output_scale) * real(q - output_zero_point) for q in (first, last))
        step = (input_max - input_min) / real(512)
        codes_per_unit = real(65536) / (output_max - output_min)
        at = np.arange(513, dtype=real)
        starts = function(input_min + at[:-1] * step) * codes_per_unit
        middles = function(input_min + at[:-1] * step + step / real(2)) * codes_per_unit
        ends = function(input_min + at[1:] * step) * codes_per_unit
        samples = round_half_away(starts)
        errors = round_half_away((ends + samples) / real(2)) - round_half_away(middles)
        end = round_half_away(function(np.full(1, input_max, real)) * codes_per_unit)
        entries = np.concatenate([samples - round_half_away(errors / real(2)), end])
        return truncate_to_int32(np.clip(entries, real(first), real(last))).astype(np.int16)


def interpolate(codes: Array, table: Array) -> Array:
    """Look int16 codes up between the entries of a table (``LUTLookup``, common.h).

    Args:
        codes: integers that fit int16.
        table: from `interpolation_table`.

    Returns:
        int16, the shape of ``codes``.
    """
    codes = codes.astype(np.int64)
    segment, offset = 256 + (codes >> 7), codes & 127
    slope = np.diff(table)[segment]
    value: Array = table[segment] + ((slope * offset + 64) >> 7)
    return value.astype(np.int16)


def _sigmoid_table() -> Array:
    """``sigmoid_table_uint16`` of common.h: 65536 times the sigmoid of i/24, less half of the error in the middle."""
    halves = 65536 / (1 + exp(np.arange(514) / -48.0))
    starts, middles, ends = halves[0:512:2], halves[1:513:2], halves[2:514:2]
    entries = np.floor(starts + (middles - (starts + ends) / 2) / 2 + 0.5).astype(np.int64)
    entries[255] = 65535
    return entries


SIGMOID = _sigmoid_table()


class SigmoidScale(NamedTuple):
    """Brings int16 codes to multiples of 1/12288, where a step of `SIGMOID` is 512 wide.

    Attributes:
        multiplier: int32.
        shift: to the right, 0..31.
    """

    multiplier: int
    shift: int

    @classmethod
    def of(cls, scale: np.float32, power_of_two_shifts: Collection[int]) -> SigmoidScale:
        """Derive it from the input scale (``SigmoidPrepare``, ``TanhPrepare``, activations.cc).

        Args:
            scale: of the input.
            power_of_two_shifts: the n of scales ``2**(n - 12)`` whose multiplier is exact.
        """
        exponent, is_exact = checked_log2(scale)
        multiplier, shift = 0, 12 + exponent
        if not (is_exact and shift in power_of_two_shifts):
            real, shift = float(scale) * 4096.0 * 3.0, 0
            while real <= 32767.0 / 2.0 and shift <= 30:
                real, shift = real * 2.0, shift + 1
            multiplier = int(truncate_to_int32(real))
        return cls(multiplier, shift) if multiplier else cls(int(wrap_int32(3 << shift)), 0)

    def __call__(self, codes: Array) -> Array:
        """Multiply and shift int16 codes; int64 of int32 values."""
        rounding = 1 << (self.shift - 1) if self.shift else 0
        return wrap_int32(codes.astype(np.int64) * self.multiplier + rounding) >> self.shift


def _interpolate_sigmoid(magnitude: Array, bits: int, ceiling: int) -> Array:
    """`SIGMOID` between its entries, ``2**bits`` apart; from the last entry on it is ``ceiling``."""
    step, offset = np.minimum(magnitude >> bits, 254), magnitude & ((1 << bits) - 1)
    between = (SIGMOID[step] << bits) + offset * (SIGMOID[step + 1] - SIGMOID[step])
    return np.where(magnitude >> bits >= 255, ceiling, between)


def logistic_from_table(x: Array) -> Array:
    """The sigmoid of multiples of 1/12288 (``Logistic`` for int16, integer_ops/logistic.h).

    Args:
        x: int64 of int32 values, from `SigmoidScale`.

    Returns:
        int16, at the scale 1/32768.
    """
    magnitude = _interpolate_sigmoid(np.abs(x), 9, 0x7FFF << 10)
    return (np.where(x >= 0, magnitude + (1 << 9), (1 << 25) - magnitude + (1 << 9) - 1) >> 10).astype(np.int16)


def tanh_from_table(x: Array) -> Array:
    """``tanh(x) = 2 * sigmoid(2 * x) - 1`` of multiples of 1/12288 (``Tanh`` for int16, integer_ops/tanh.h).

    Args:
        x: int64 of int32 values, from `SigmoidScale`.

    Returns:
        int16, at the scale 1/32768.
    """
    magnitude = _interpolate_sigmoid(np.abs(x), 8, 0xFFFF << 8) - (1 << 23)
    return (np.where(x >= 0, magnitude + (1 << 7), (1 << 7) - 1 - magnitude) >> 8).astype(np.int16)
