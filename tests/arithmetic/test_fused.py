from __future__ import annotations

from fractions import Fraction

import numpy as np

from pytflite.arithmetic.fused import fused_multiply_add


def nearest(exact: Fraction) -> np.float32:
    """The float32 nearest to a fraction, of two as near the even one."""
    guess = np.float32(float(exact))
    around = [guess, np.nextafter(guess, np.float32(-np.inf)), np.nextafter(guess, np.float32(np.inf))]
    return min(around, key=lambda x: (abs(Fraction(float(x)) - exact), int(x.view(np.int32)) & 1))


def test_one_rounding() -> None:
    rng = np.random.default_rng(0)
    left, right, addend = rng.standard_normal((3, 4000)).astype(np.float32)
    addend *= np.float32(2.0) ** rng.integers(-40, 40, 4000).astype(np.float32)
    halves = np.float32([1 + 2.0**-23, 1 + 2.0**-12, -1 - 2.0**-12, 1 + 2.0**-23])
    tiny = np.float32([2.0**-60, 2.0**-13, 2.0**-13, -(2.0**-70)])
    addends = np.float32([1, 2.0**-80, -(2.0**-90), 2.0**-24 + 1])
    left, right, addend = (np.append(a, b) for a, b in ((left, halves), (right, tiny), (addend, addends)))
    got = fused_multiply_add(left, right, addend)
    terms = zip(left.tolist(), right.tolist(), addend.tolist(), strict=True)
    exact = [Fraction(a) * Fraction(b) + Fraction(c) for a, b, c in terms]
    assert got.tolist() == [float(nearest(value)) for value in exact]


def test_a_sum_just_below_a_tie() -> None:
    left, right = np.float32([1 - 2.0**-23]), np.float32([(1 + 2.0**-23) * 2.0**-24])
    addend = np.float32([1 + 2.0**-23])
    for sign in (1, -1):
        twice = (left.astype(np.float64) * right + addend).astype(np.float32)
        assert fused_multiply_add(sign * left, right, sign * addend)[0] == sign * addend[0] != sign * twice[0]


def test_special_values() -> None:
    infinity, nan, zero, one = np.float32([np.inf]), np.float32([np.nan]), np.float32([-0.0]), np.float32([1])
    assert fused_multiply_add(infinity, one, one)[0] == np.inf
    assert np.isnan(fused_multiply_add(infinity, one, -infinity)[0])
    assert np.isnan(fused_multiply_add(nan, one, one)[0])
    assert np.signbit(fused_multiply_add(zero, one, zero)[0])
    assert not np.signbit(fused_multiply_add(zero, -one, zero)[0])
    largest = np.float32([np.finfo(np.float32).max])
    assert fused_multiply_add(largest, np.float32([2]), -largest)[0] == largest[0]
    assert fused_multiply_add(largest, np.float32([2]), largest)[0] == np.inf
