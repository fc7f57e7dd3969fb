"""Rounding of real numbers to integers, as C does it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

INT32_MIN, INT32_MAX = -(1 << 31), (1 << 31) - 1


def round_half_away(x: npt.ArrayLike) -> Array:
    """Nearest integer, ties away from zero: C's ``std::round``.

    Args:
        x: float32 or float64, any shape; other types are taken as float64.

    Returns:
        The same shape and float type, holding whole numbers.
    """
    x = np.asarray(x)
    x = x if x.dtype in (np.float32, np.float64) else x.astype(np.float64)
    whole = np.trunc(x)
    rounded: Array = whole + np.copysign(np.abs(x - whole) >= x.dtype.type(0.5), x).astype(x.dtype)
    return rounded


def wrap_int32(x: npt.ArrayLike) -> Array:
    """Two's complement wrap of int64 values to the range of int32, still as int64."""
    return np.asarray(x, np.int64).astype(np.int32).astype(np.int64)


def divide_toward_zero(x: npt.ArrayLike, divisor: npt.ArrayLike) -> Array:
    """C's division of integers.

    Args:
        x: int64 array.
        divisor: int64 array without zeros, broadcast against ``x``.

    Returns:
        int64 array.
    """
    quotient, rest = np.divmod(np.asarray(x, np.int64), np.asarray(divisor, np.int64))
    toward_zero: Array = quotient + ((quotient < 0) & (rest != 0))
    return toward_zero


def truncate_to_int32(x: npt.ArrayLike) -> Array:
    """C's ``static_cast<int32_t>(double)`` on x86: toward zero, INT32_MIN for what does not fit (and NaN).

    Returns:
        int64 array.
    """
    x = np.trunc(np.asarray(x, np.float64))
    fits = (x >= INT32_MIN) & (x <= INT32_MAX)
    return np.where(fits, np.where(fits, x, 0).astype(np.int64), INT32_MIN)


def saturate_to_int32(x: npt.ArrayLike) -> Array:
    """The same on Arm: toward zero, the nearest end of int32 for what does not fit, 0 for NaN.

    Returns:
        int64 array.
    """
    x = np.trunc(np.asarray(x, np.float64))
    return np.where(np.isnan(x), 0, np.clip(x, INT32_MIN, INT32_MAX)).astype(np.int64)


CONVERSIONS = {"lowest": truncate_to_int32, "saturating": saturate_to_int32}
"""C's conversions of floats to int32, by what becomes of those that do not fit."""
