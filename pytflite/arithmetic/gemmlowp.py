"""Functions of fixed-point numbers, after gemmlowp: exp, logistic, tanh, reciprocal, log.

A fixed-point number is an integer, the *raw* value, of 32 or 16 ``bits``: one for the sign, ``integer_bits``, and the
rest for the fraction. It stands for ``raw / 2**(bits - 1 - integer_bits)``. Without integer bits it lies in [-1, 1),
and the largest raw value stands for 1. All arrays are int64 and hold raw values.

Source: ``fixedpoint/fixedpoint.h`` of gemmlowp; ``GetReciprocal`` and ``log_x_for_x_greater_than_or_equal_to_1``,
``kernels/internal/common.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.fixed_point import rounding_divide_by_pot, saturating_rounding_doubling_high_mul

Array = npt.NDArray[Any]

multiply = saturating_rounding_doubling_high_mul
"""Product of two fixed-point numbers; their integer bits add up."""

EXP_FACTORS = (
    (-2, 1672461947),
    (-1, 1302514674),
    (0, 790015084),
    (1, 290630308),
    (2, 39332535),
    (3, 720401),
    (4, 242),
)
"""Pairs of n and ``exp(-2**n)``, 32 bits, no integer bits."""


def one(bits: int = 32) -> int:
    """The raw value that stands for 1 where there are no integer bits."""
    return (1 << (bits - 1)) - 1


def constant(raw: int, bits: int = 32) -> int:
    """A 32-bit constant at another width, rounded (``RescaleConstantInitializer``)."""
    return int(rounding_divide_by_pot(raw, 32 - bits))


def shift_left(x: npt.ArrayLike, exponent: npt.ArrayLike, bits: int = 32) -> Array:
    """``x * 2**exponent``, saturating (``SaturatingRoundingMultiplyByPOT`` with a positive exponent)."""
    shifted: Array = np.asarray(x, np.int64) << np.asarray(exponent, np.int64)
    return np.clip(shifted, -one(bits) - 1, one(bits))


def leading_zeros(x: npt.ArrayLike) -> Array:
    """How many of the 32 bits of each raw value are zero before the first one (``CountLeadingZeros``, common.h)."""
    unsigned = np.asarray(x, np.int64) & 0xFFFFFFFF
    return 32 - np.frexp(unsigned.astype(np.float64))[1].astype(np.int64)


def exp_on_negative_values(a: npt.ArrayLike, integer_bits: int, bits: int = 32) -> Array:
    """``exp(a)`` for numbers up to 0.

    The part of ``a`` below a quarter goes through a Taylor series; every bit above it stands for a constant factor.

    Args:
        a: raw values, 0 or negative.
        integer_bits: of ``a``.
        bits: 32 or 16.

    Returns:
        Raw values without integer bits.
    """
    a = np.asarray(a, np.int64)
    fraction_bits = bits - 1 - integer_bits
    quarter = 1 << (fraction_bits - 2)
    small = (a & (quarter - 1)) - quarter
    result = _exp_between_minus_one_quarter_and_0(small << integer_bits, bits)
    rest = small - a
    for exponent, factor in EXP_FACTORS:
        if exponent < integer_bits:
            has_bit = rest & (1 << (fraction_bits + exponent)) != 0
            result = np.where(has_bit, multiply(result, constant(factor, bits), bits), result)
    if integer_bits > 5:
        result = np.where(a < -(32 << fraction_bits), 0, result)
    return np.where(a == 0, one(bits), result)


def _exp_between_minus_one_quarter_and_0(a: Array, bits: int) -> Array:
    """Four terms of the series of exp around -1/8."""
    at_center, third = constant(1895147668, bits), constant(715827883, bits)
    x = a + (1 << (bits - 4))
    x2 = multiply(x, x, bits)
    x3 = multiply(x2, x, bits)
    x4 = multiply(x2, x2, bits)
    higher = rounding_divide_by_pot(multiply(rounding_divide_by_pot(x4, 2) + x3, third, bits) + x2, 1)
    result: Array = np.minimum(at_center + multiply(at_center, x + higher, bits), one(bits))
    return result


def _two_over_one_plus_x(a: npt.ArrayLike, bits: int) -> Array:
    """``2 / (1 + a)`` for ``a`` in [0, 1] without integer bits, by Newton's method; the result has 2 integer bits."""
    half_denominator = rounding_divide_by_pot(np.asarray(a, np.int64) + one(bits), 1)
    x = constant(1515870810, bits) + multiply(half_denominator, constant(-1010580540, bits), bits)
    for _ in range(3):
        error = (1 << (bits - 3)) - multiply(half_denominator, x, bits)
        x = x + shift_left(multiply(x, error, bits), 2, bits)
    return x


def one_over_one_plus_x(a: npt.ArrayLike, bits: int = 32) -> Array:
    """``1 / (1 + a)`` for numbers in [0, 1] (``one_over_one_plus_x_for_x_in_0_1``).

    Args:
        a: raw values without integer bits.
        bits: 32 or 16.

    Returns:
        Raw values without integer bits.
    """
    return shift_left(_two_over_one_plus_x(a, bits), 1, bits)


def one_minus_x_over_one_plus_x(a: npt.ArrayLike, bits: int = 32) -> Array:
    """``(1 - a) / (1 + a)`` for numbers in [0, 1]; arguments and result as in `one_over_one_plus_x`."""
    return shift_left(_two_over_one_plus_x(a, bits) - (1 << (bits - 3)), 2, bits)


def logistic(a: npt.ArrayLike, integer_bits: int, bits: int = 32) -> Array:
    """``1 / (1 + exp(-a))``.

    Args:
        a: raw values.
        integer_bits: of ``a``.
        bits: 32 or 16.

    Returns:
        Raw values without integer bits.
    """
    a = np.asarray(a, np.int64)
    positive = one_over_one_plus_x(exp_on_negative_values(-np.abs(a), integer_bits, bits), bits)
    return np.where(a == 0, 1 << (bits - 2), np.where(a > 0, positive, one(bits) - positive))


def tanh(a: npt.ArrayLike, integer_bits: int, bits: int = 32) -> Array:
    """``tanh(a)``; arguments and result as in `logistic`."""
    a = np.asarray(a, np.int64)
    positive = one_minus_x_over_one_plus_x(exp_on_negative_values(-np.abs(a), integer_bits + 1, bits), bits)
    return np.where(a == 0, 0, np.where(a > 0, positive, -positive))


def reciprocal(x: npt.ArrayLike, integer_bits: int) -> tuple[Array, Array]:
    """``1 / x`` for 32-bit numbers without a sign (``GetReciprocal``).

    Args:
        x: raw values, not 0; negative ones stand for what their bits mean without a sign.
        integer_bits: of ``x``.

    Returns:
        mantissa: raw values without integer bits, from 1/2 to 1.
        bits_over_unit: ``1 / x`` is ``mantissa / 2**bits_over_unit``.
    """
    x = np.asarray(x, np.int64) & 0xFFFFFFFF
    headroom = leading_zeros(x)
    return one_over_one_plus_x((x << headroom) - (1 << 31)), integer_bits - headroom


def log(x: npt.ArrayLike, output_integer_bits: int, input_integer_bits: int) -> Array:
    """Natural logarithm of 32-bit numbers from 1 upward (``log_x_for_x_greater_than_or_equal_to_1``).

    ``x`` is split into a power of two and a rest near ``sqrt(sqrt(1/2))``, whose logarithm is a rational function.

    Args:
        x: raw values.
        output_integer_bits: of the result.
        input_integer_bits: of ``x``.

    Returns:
        Raw values.
    """
    x = np.asarray(x, np.int64)
    sqrt_half, sqrt_sqrt_half, log_2 = 1518500250, 1805811301, 1488522236
    integer_bits = output_integer_bits + 1
    quarter = int(rounding_divide_by_pot(1 << 29, integer_bits))

    zeros = leading_zeros(x)
    rest_a = shift_left(multiply(shift_left(x, zeros - 1), sqrt_half), 1)
    power_a = shift_left(input_integer_bits - zeros, 31 - integer_bits) + quarter
    headroom = leading_zeros(multiply(x, sqrt_half)) - 1
    rest_b = shift_left(x, headroom)
    power_b = shift_left(input_integer_bits - headroom, 31 - integer_bits) - quarter
    rest, power = np.minimum(rest_a, rest_b), np.maximum(power_a, power_b)

    p = rounding_divide_by_pot(rest + sqrt_sqrt_half, 1)
    q = 2 * (rest - sqrt_sqrt_half)
    q2 = multiply(q, q)
    numerator = multiply(q, rest) + multiply(multiply(q, q2), 117049297)
    denominator = multiply(p, 1057819769 + q + multiply(127690142, q2)) + multiply(638450708, q)
    log_of_rest = multiply(rounding_divide_by_pot(numerator, integer_bits), one_over_one_plus_x(denominator))
    return shift_left(multiply(power, log_2) + log_of_rest, 1)
