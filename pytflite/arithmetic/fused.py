"""Fused multiply-add of float32: one rounding where a product and a sum have two."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def fused_multiply_add(left: npt.ArrayLike, right: npt.ArrayLike, addend: npt.ArrayLike) -> Array:
    """``left * right + addend`` rounded once, half to even, as ``fmaf`` does.

    In float64 the product is exact and the sum is rounded to odd: where it is inexact, the last bit is set. So much is
    left behind the 24 bits of a float32 that rounding it again is rounding the exact sum.

    Args:
        left: float32.
        right: float32.
        addend: float32.

    Returns:
        float32, of the common shape.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        product, addend = np.asarray(left, np.float64) * np.asarray(right, np.float64), np.asarray(addend, np.float64)
        total = np.asarray(product + addend)
        added = total - product
        error = (product - (total - added)) + (addend - added)
        bits = total.view(np.int64)
        is_short = np.isfinite(total) & (error != 0) & (bits & 1 == 0)
        bits += np.where(is_short, np.where((error < 0) == (total < 0), 1, -1), 0)
        return total.astype(np.float32)
