"""Functions of float32 as Eigen approximates them, without fused multiply-add: bit for bit those of the x86 builds."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

TANH_END = 7.90738964080810547
"""Where the approximation of tanh reaches 1."""

TANH_NUMERATOR = (1.394553628e-8, 2.102733560e-5, 3.520756727e-3, 1.340216100e-1)
TANH_DENOMINATOR = (8.015776984e-7, 3.326951409e-4, 2.597254514e-2, 4.673548340e-1, 1.0)


def tanh(x: Array) -> Array:
    """``x * (1 + x**2 * p(x**2)) / q(x**2)`` (``ptanh_float``, MathFunctionsImpl.h).

    Args:
        x: float32, any shape.

    Returns:
        float32, the same shape.
    """
    end = np.float32(TANH_END)
    x = np.clip(x, -end, end)
    square = x * x
    numerator = square * x * polynomial(TANH_NUMERATOR, square) + x
    return numerator / polynomial(TANH_DENOMINATOR, square)


def polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    """A polynomial in float32, from its highest power downward (Horner)."""
    value = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        value = value * x + np.float32(coefficient)
    return value
