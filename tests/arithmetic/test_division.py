from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pytflite.arithmetic.fixed_point import divide_multiplier, quantize_multiplier
from pytflite.arithmetic.limits import highest, lowest
from pytflite.arithmetic.rounding import divide_toward_zero


def test_divide_toward_zero() -> None:
    numbers = [n for n in range(-20, 21) if n]
    quotients = divide_toward_zero(np.array(numbers)[:, None], np.array(numbers))
    assert quotients.tolist() == [[math.trunc(Fraction(x, divisor)) for divisor in numbers] for x in numbers]


@given(st.floats(1e-6, 1e3), st.integers(1, 10**7))
def test_divide_multiplier_loses_less_than_one_step(real: float, count: int) -> None:
    multiplier, shift = (int(value) for value in quantize_multiplier(real))
    divided, divided_shift = (int(value) for value in divide_multiplier(multiplier, shift, count))
    step = Fraction(2) ** (divided_shift - 31)
    exact = Fraction(multiplier, count) * Fraction(2) ** (shift - 31)
    assert 0 <= divided < 2**31
    assert -31 <= divided_shift <= shift
    assert 0 <= exact - divided * step < step


def test_limits() -> None:
    assert (lowest(np.dtype(np.int8)), highest(np.dtype(np.uint8))) == (-128, 255)
    assert (lowest(np.dtype(bool)), highest(np.dtype(bool))) == (False, True)
    assert lowest(np.dtype(np.float32)) == -highest(np.dtype(np.float32)) == -np.finfo(np.float32).max
    assert lowest(np.dtype(np.float32)).dtype == np.float32
