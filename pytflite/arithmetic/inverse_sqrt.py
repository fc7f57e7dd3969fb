"""The inverse square root of integers in fixed point."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.gemmlowp import leading_zeros, multiply, one, shift_left
from pytflite.arithmetic.rounding import wrap_int32

Array = npt.NDArray[Any]

HALF_SQRT_2 = 1518500250
"""Half the square root of 2, without integer bits."""


def inverse_sqrt(x: npt.ArrayLike) -> tuple[Array, Array]:
    """Multiplier and shift of ``1 / sqrt(x)``, by Newton's method (``GetInvSqrtQuantizedMultiplierExp``, common.h).

    Args:
        x: int64 array of int32 values; 0 and negative ones count as 1.

    Returns:
        multiplier: int64 array of int32 values.
        shift: int64, left positive, as in `multiply_by_quantized_multiplier`.
    """
    x = np.asarray(x, np.int64)
    trivial = x <= 1
    scaled = np.where(trivial, 2, x)
    shift = np.full(x.shape, 11)
    for _ in range(2):
        large = scaled >= 1 << 29
        scaled, shift = np.where(large, scaled // 4, scaled), shift + large
    pairs = (leading_zeros(scaled) - 1) // 2 - 1
    scaled, shift = scaled << 2 * pairs, shift - pairs
    half = (scaled // 2 + 1) // 2
    three_halves = (1 << 28) + (1 << 27)
    root = np.full(x.shape, 1 << 28)
    for _ in range(5):
        cube = shift_left(multiply(multiply(root, root), root), 6)
        root = shift_left(wrap_int32(multiply(three_halves, root) - multiply(half, cube)), 3)
    mantissa = multiply(root, HALF_SQRT_2) << np.maximum(-shift, 0)
    return np.where(trivial, one(), mantissa), np.where(trivial, 0, -np.maximum(shift, 0))
