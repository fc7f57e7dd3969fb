"""Multiplication by a real number, held as a 31-bit mantissa and a power of two.

One sign convention everywhere: ``real = multiplier * 2**(shift - 31)``; a positive shift goes left.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.rounding import round_half_away, wrap_int32

Array = npt.NDArray[Any]


def quantize_multiplier(real: npt.ArrayLike) -> tuple[Array, Array]:
    """Multiplier and shift of a real number (``QuantizeMultiplier``, quantization_util.cc).

    Args:
        real: float64, any shape.

    Returns:
        multiplier: int32, magnitude in [2**30, 2**31) or 0.
        shift: int32, ``real`` is about ``multiplier * 2**(shift - 31)``.
    """
    mantissa, shift = np.frexp(np.asarray(real, np.float64))
    multiplier = round_half_away(mantissa * (1 << 31)).astype(np.int64)
    carried = multiplier == 1 << 31
    multiplier = np.where(carried, 1 << 30, multiplier)
    shift = shift + carried
    vanishes = (shift < -31) | (multiplier == 0)
    return np.where(vanishes, 0, multiplier).astype(np.int32), np.where(vanishes, 0, shift).astype(np.int32)


def saturating_rounding_doubling_high_mul(a: npt.ArrayLike, b: npt.ArrayLike, bits: int = 32) -> Array:
    """The high half of ``2 * a * b``, ties toward plus infinity (``SaturatingRoundingDoublingHighMul``, gemmlowp).

    Args:
        a: int64 array of values of that many bits.
        b: the same, broadcast against ``a``.
        bits: 32 or 16.

    Returns:
        int64 array of values of that many bits.
    """
    a, b = np.asarray(a, np.int64), np.asarray(b, np.int64)
    lowest = -(1 << (bits - 1))
    high = (a * b + (1 << (bits - 2))) >> (bits - 1)
    return np.where((a == lowest) & (b == lowest), -lowest - 1, high)


def rounding_divide_by_pot(x: npt.ArrayLike, exponent: npt.ArrayLike) -> Array:
    """``x / 2**exponent``, ties away from zero (``RoundingDivideByPOT``, gemmlowp).

    Args:
        x: int64 array.
        exponent: 0..31, broadcast against ``x``.

    Returns:
        int64 array.
    """
    x, exponent = np.asarray(x, np.int64), np.asarray(exponent, np.int64)
    mask = (np.int64(1) << exponent) - 1
    divided: Array = (x >> exponent) + ((x & mask) > (mask >> 1) + (x < 0))
    return divided


def multiply_by_quantized_multiplier(x: npt.ArrayLike, multiplier: npt.ArrayLike, shift: npt.ArrayLike) -> Array:
    """``x * real`` in two roundings (``MultiplyByQuantizedMultiplier``, common.cc, default build).

    Args:
        x: int64 array of int32 values.
        multiplier: from `quantize_multiplier`, broadcast against ``x``.
        shift: from `quantize_multiplier`, broadcast against ``x``.

    Returns:
        int64 array of int32 values.
    """
    shift = np.asarray(shift, np.int64)
    shifted = wrap_int32(np.asarray(x, np.int64) << np.maximum(shift, 0))
    return rounding_divide_by_pot(saturating_rounding_doubling_high_mul(shifted, multiplier), np.maximum(-shift, 0))


def multiply_rounding_up(x: npt.ArrayLike, multiplier: npt.ArrayLike, shift: npt.ArrayLike) -> Array:
    """``x * real`` in two roundings, ties of both toward plus infinity (ruy's kernels for AVX2 and AVX-512).

    Args:
        x: int64 array of int32 values.
        multiplier: from `quantize_multiplier`, broadcast against ``x``.
        shift: from `quantize_multiplier`, broadcast against ``x``.

    Returns:
        int64 array of int32 values.
    """
    shift = np.asarray(shift, np.int64)
    shifted = wrap_int32(np.asarray(x, np.int64) << np.maximum(shift, 0))
    right = np.maximum(-shift, 0)
    high = (shifted * np.asarray(multiplier, np.int64) + (1 << 30)) >> 31
    rounded: Array = (high + ((np.int64(1) << right) >> 1)) >> right
    return rounded


def multiply_rounding_once(x: npt.ArrayLike, multiplier: npt.ArrayLike, shift: npt.ArrayLike) -> Array:
    """``x * real`` in one rounding, ties toward plus infinity (``MultiplyByQuantizedMultiplier``, single rounding).

    Args:
        x: int64 array of int32 values.
        multiplier: from `quantize_multiplier`, broadcast against ``x``.
        shift: from `quantize_multiplier`, at most 30, broadcast against ``x``.

    Returns:
        int64 array of int32 values; what does not fit wraps.
    """
    total_shift = 31 - np.asarray(shift, np.int64)
    product = np.asarray(x, np.int64) * np.asarray(multiplier, np.int64)
    return wrap_int32((product + (np.int64(1) << (total_shift - 1))) >> total_shift)


def multiply_rounding_last(x: npt.ArrayLike, multiplier: npt.ArrayLike, shift: npt.ArrayLike) -> Array:
    """``x * real`` in one rounding, ties toward plus infinity, in 32 bits (``kernel_arm64.cc`` of ruy).

    The high half of the doubled product is cut off (``sqdmulh``), what remains is rounded by a right shift of at least
    one bit (``srshl``); for that bit ``x`` goes one further to the left where the shift is not negative.

    Args:
        x: int64 array of int32 values.
        multiplier: from `quantize_multiplier`, broadcast against ``x``.
        shift: from `quantize_multiplier`, broadcast against ``x``.

    Returns:
        int64 array of int32 values; what does not fit after the left shift wraps.
    """
    shift = np.asarray(shift, np.int64)
    right = np.maximum(-shift, 1)
    shifted = wrap_int32(np.asarray(x, np.int64) << (shift + right))
    high = (shifted * np.asarray(multiplier, np.int64)) >> 31
    rounded: Array = (high + (np.int64(1) << (right - 1))) >> right
    return rounded


def divide_multiplier(multiplier: npt.ArrayLike, shift: npt.ArrayLike, count: int) -> tuple[Array, Array]:
    """Multiplier and shift of ``real / count``, truncated (``QuantizedMeanOrSum``, reference/reduce.h).

    Args:
        multiplier: from `quantize_multiplier`.
        shift: from `quantize_multiplier`.
        count: at least 1.

    Returns:
        multiplier: int32, with as many of the lost bits regained as keep ``shift`` at -31 or above.
        shift: int32.
    """
    multiplier, shift = np.asarray(multiplier, np.int64), np.asarray(shift, np.int64)
    regained = np.minimum(min(count.bit_length() - 1, 32), 31 + shift)
    return ((multiplier << regained) // count).astype(np.int32), (shift - regained).astype(np.int32)
