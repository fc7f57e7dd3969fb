"""Sums of products, exact for integers and in the order of the reference kernels for floats.

Matrices come in stacks, whose dimensions are broadcast: left is (..., rows, depth), right is (..., columns, depth).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.fused import fused_multiply_add

Array = npt.NDArray[Any]


def integer_products(left: Array, right: Array) -> Array:
    """Rows of ``left`` times rows of ``right``, of any integer types.

    Returns:
        int64, (..., rows, columns). Sums run through the floating-point unit, where they are exact up to 2**53.
    """
    return (left.astype(np.float64) @ right.astype(np.float64).swapaxes(-1, -2)).astype(np.int64)


def float_products(left: Array, right: Array) -> Array:
    """Rows of ``left`` times rows of ``right``, float32, summed one by one in order, without fused multiply-add.

    Returns:
        float32, (..., rows, columns).
    """
    stack = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    total = np.zeros((*stack, left.shape[-2], right.shape[-2]), np.float32)
    for k in range(left.shape[-1]):
        total += left[..., :, np.newaxis, k] * right[..., np.newaxis, :, k]
    return total


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


def add_fused_products(total: Array, left: Array, right: Array) -> None:
    """``total += left @ right.T`` of float32, each product added in order before it is rounded.

    Args:
        total: (..., columns).
        left: (..., depth).
        right: (..., columns, depth).
    """
    for k in range(left.shape[-1]):
        total[...] = fused_multiply_add(left[..., k : k + 1], right[..., np.newaxis, :, k], total)
