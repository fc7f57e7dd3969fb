"""Sums of products, exact for integers and in the order of the reference kernels for floats."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def integer_products(left: Array, right: Array) -> Array:
    """``left @ right.T`` of integers.

    Args:
        left: (rows, depth) of any integer dtype, small enough that sums stay below 2**53.
        right: (columns, depth).

    Returns:
        int64, (rows, columns). The sums run through the floating-point unit, where they are exact.
    """
    return (left.astype(np.float64) @ right.astype(np.float64).T).astype(np.int64)


def float_products(left: Array, right: Array) -> Array:
    """``left @ right.T`` of float32, summed one by one in order, without fused multiply-add.

    Args:
        left: (rows, depth) float32.
        right: (columns, depth) float32.

    Returns:
        float32, (rows, columns).
    """
    total = np.zeros((left.shape[0], right.shape[0]), np.float32)
    for k in range(left.shape[1]):
        total += left[:, k : k + 1] * right[:, k]
    return total


def products(left: Array, right: Array, dtype: np.dtype[Any]) -> Array:
    """``left @ right.T`` in an accumulator's dtype: float32 in order, or an integer type, which wraps."""
    if dtype == np.float32:
        return float_products(left, right)
    return integer_products(left, right).astype(dtype)


def add_products(total: Array, left: Array, right: Array) -> None:
    """``total += left @ right.T`` in the type of ``total``, whose integers wrap and whose floats are added in order.

    Args:
        total: (..., columns) of int32, int64 or float32.
        left: (..., depth).
        right: (columns, depth).
    """
    if total.dtype == np.float32:
        for k in range(left.shape[-1]):
            total += left[..., k : k + 1] * right[:, k]
    else:
        sums = integer_products(left.reshape(-1, left.shape[-1]), right)
        total += sums.reshape(total.shape).astype(total.dtype)
