"""Functions of float32 as Eigen approximates them, without fused multiply-add: bit for bit those of the x86 builds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.libm import expf

Array = npt.NDArray[Any]

TANH_END = 7.90738964080810547
"""Where the approximation of tanh reaches 1."""

TANH_NUMERATOR = (1.394553628e-8, 2.102733560e-5, 3.520756727e-3, 1.340216100e-1)
TANH_DENOMINATOR = (8.015776984e-7, 3.326951409e-4, 2.597254514e-2, 4.673548340e-1, 1.0)

LOGISTIC_END = 16.6355324
"""Where the approximation of the logistic function reaches 1."""

LOGISTIC_START = -104.0
"""Below this it is 0."""

LOG2_E = 1.44269504088896341
LN_2_HIGH, LN_2_LOW = 0.693359375, -2.12194440e-4
"""The logarithm of 2 in two parts, so that multiples of the first are exact."""

EXP_EVEN = (4.1898667812347412109375e-2, 0.49999141693115234375)
EXP_ODD = (8.33471305668354034423828125e-3, 0.16666877269744873046875)

EXP_TERMS = (
    1.37449637986719608306884765625e-3,
    8.36894474923610687255859375e-3,
    4.166965186595916748046875e-2,
    0.16666518151760101318359375,
    0.49999988079071044921875,
)
"""Of exp near 0, from the sixth power down to the second."""

ERFC_END = 11.0
"""Beyond it the approximation of the complementary error function is constant."""

ERFC_NEAR = (
    5.61802298761904239654541015625e-4,
    -4.91381669417023658752441406250e-3,
    2.67075151205062866210937500000e-2,
    -1.12800106406211853027343750000e-1,
    3.76122951507568359375000000000e-1,
    -1.12837910652160644531250000000,
)
ERFC_NUMERATOR = (
    0.10208116471767425537109375,
    0.429206669330596923828125,
    0.3237907886505126953125,
    5.3971976041793823e-2,
)
ERFC_DENOMINATOR = (
    1.7251677811145782470703125e-2,
    0.39137163758277893066,
    1.0,
    0.62173241376876831055,
    9.5662862062454224e-2,
)

LANES = 4
"""Numbers in a packet: the x86 builds use SSE only."""


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


def logistic(x: Array, phase: npt.ArrayLike = 0) -> Array:
    """``1 / (1 + exp(-x))`` of vectors in memory (``scalar_logistic_op<float>``, UnaryFunctors.h).

    Packets that begin at a multiple of 16 bytes are computed in one way; what stands before the first and after the
    last whole packet is computed in another, which often differs in the last bits.

    Args:
        x: float32, vectors along the last axis.
        phase: how many numbers after a multiple of 16 bytes the vectors begin; broadcast against the other axes.

    Returns:
        float32, the same shape.
    """
    size = x.shape[-1]
    place = np.arange(size)
    before = -np.asarray(phase)[..., np.newaxis] % LANES
    packed = (place >= before) & (place < before + (size - before) // LANES * LANES)
    return np.where(packed, _logistic_of_packets(x), _logistic_of_numbers(x))


def _logistic_of_numbers(x: Array) -> Array:
    """By libm's exp."""
    exponential = expf(np.minimum(x, np.float32(LOGISTIC_END)))
    return exponential / (np.float32(1) + exponential)


def _logistic_of_packets(x: Array) -> Array:
    """By ``exp(x) = exp(x / 2)**2`` and ``exp(x / 2) = 2**power * exp(rest)``."""
    half = np.minimum(x, np.float32(LOGISTIC_END)) * np.float32(0.5)
    power = np.floor(half * np.float32(LOG2_E) + np.float32(0.5))
    rest = power * np.float32(-LN_2_HIGH) + half
    rest = power * np.float32(-LN_2_LOW) + rest
    square = rest * rest
    series = rest * polynomial(EXP_ODD, square) + polynomial(EXP_EVEN, square)
    series = square * series + (rest + np.float32(1))
    root = np.ldexp(series, np.clip(power, -127, 127).astype(np.int32))
    exponential = root * root
    return np.where(x < np.float32(LOGISTIC_START), np.float32(0), exponential / (np.float32(1) + exponential))


def erfc(x: Array) -> Array:
    """The complementary error function of a vector in memory that begins at a multiple of 16 bytes.

    Numbers after the last whole packet are computed by `erfc_of_numbers`.

    Args:
        x: float32, one dimension.

    Returns:
        float32, the same shape.
    """
    whole = x.size // LANES * LANES
    return np.concatenate([_erfc(x[:whole], _exp_of_packets), erfc_of_numbers(x[whole:])])


def erfc_of_numbers(x: Array) -> Array:
    """The complementary error function of numbers that are computed one by one; float32, any shape."""
    return _erfc(x, expf)


def _erfc(x: Array, exp: Callable[[Array], Array]) -> Array:
    """``1 + x * s(x**2)`` up to 1, ``exp(-x**2) / x * p(1 / x**2) / q(1 / x**2)`` beyond (``generic_fast_erfc``)."""
    one, end = np.float32(1), np.float32(ERFC_END)
    x = np.clip(x, -end, end)
    square = x * x
    near = x * polynomial(ERFC_NEAR, square) + one
    error = (x.astype(np.float64) ** 2 - square).astype(np.float32)
    exponential = exp(-square)
    exponential = exponential - exponential * error
    inverse = one / square
    ratio = polynomial(ERFC_NUMERATOR, inverse) / (x * polynomial(ERFC_DENOMINATOR, inverse))
    far = exponential * ratio + np.where(x < 0, np.float32(2), np.float32(0))
    return np.where(square > one, far, near)


def _exp_of_packets(x: Array) -> Array:
    """``exp(x) = 2**power * exp(rest)`` of numbers up to 0 (``pexp_float``, GenericPacketMathFunctions.h)."""
    power = np.floor(x * np.float32(LOG2_E) + np.float32(0.5))
    rest = power * np.float32(-LN_2_HIGH) + x
    rest = power * np.float32(-LN_2_LOW) + rest
    square = rest * rest
    even, odd = polynomial(EXP_TERMS[0::2], square), polynomial(EXP_TERMS[1::2], square)
    series = square * (rest * odd + even) + (rest + np.float32(1))
    exponential = np.ldexp(series, np.clip(power, -278, 0).astype(np.int32))
    return np.where(x < np.float32(LOGISTIC_START), np.float32(0), exponential)
