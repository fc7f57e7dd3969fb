"""Requantizers that people write, held against fractions of Python's own."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from pytflite.arithmetic import deviating
from pytflite.arithmetic.requantize import RealScale, Single

RNG = np.random.default_rng(4)
SUMS = np.concatenate([RNG.integers(-(1 << 20), 1 << 20, 300), np.arange(-64, 65)]).astype(np.int64)
EXACT = {
    "ties away from zero": lambda x: math.copysign(1, x) * math.floor(abs(x) + Fraction(1, 2)),
    "ties to even": round,
    "ties up": lambda x: math.floor(x + Fraction(1, 2)),
    "toward zero": math.trunc,
    "toward minus infinity": math.floor,
}


def test_every_rounding_is_held() -> None:
    assert EXACT.keys() == deviating.ROUNDINGS.keys()


@pytest.mark.parametrize("real", [0.00317, 0.25, 0.5, 0.75, 1.5])
@pytest.mark.parametrize("rounding", EXACT)
def test_integer_products(rounding: str, real: float) -> None:
    single = Single.of(RealScale((np.float32(real),)))
    factor = Fraction(int(single.multiplier[0])) * Fraction(2) ** (int(single.shift[0]) - 31)
    product = deviating.IntegerProduct(single.multiplier, single.shift, rounding)
    assert product(SUMS).tolist() == [int(EXACT[rounding](x * factor)) for x in SUMS.tolist()]


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("rounding", EXACT)
def test_float_products(rounding: str, kind: type) -> None:
    scale = np.array([0.00317], kind)
    product = deviating.FloatProduct(scale, deviating.ROUNDINGS[rounding])
    exact = [Fraction(float(kind(x) * scale[0])) for x in SUMS.tolist()]
    assert product(SUMS).tolist() == [int(EXACT[rounding](x)) for x in exact]


@pytest.mark.parametrize("rounds", [False, True])
@pytest.mark.parametrize("real", [0.00317, 0.25, 1.5])
def test_the_high_half_cut_off(rounds: bool, real: float) -> None:
    single = Single.of(RealScale((np.float32(real),)))
    left, right = max(int(single.shift[0]), 0), max(-int(single.shift[0]), 0)
    high = [math.floor(Fraction((x << left) * int(single.multiplier[0]), 1 << 31)) for x in SUMS.tolist()]
    away = EXACT["ties away from zero" if rounds else "toward minus infinity"]
    made = deviating.HighHalf(single.multiplier, single.shift, rounds)(SUMS)
    assert made.tolist() == [int(away(Fraction(x, 1 << right))) for x in high]


@pytest.mark.parametrize("bits", [16, 24])
def test_narrow_accumulators(bits: int) -> None:
    wide = np.array([0, 1, -1, 1 << 15, -(1 << 15) - 1, 1 << 23, -(1 << 23) - 1, (1 << 30) + 5], np.int64)
    low, high = -(1 << bits - 1), (1 << bits - 1) - 1
    wraps, saturates = (deviating.Narrow(lambda x: x, bits, kind)(wide).tolist() for kind in (False, True))
    assert saturates == [min(max(x, low), high) for x in wide.tolist()]
    assert all(low <= x <= high and (x - y) % (1 << bits) == 0 for x, y in zip(wraps, wide.tolist(), strict=True))


def test_a_bias_that_comes_later() -> None:
    later = deviating.BiasLater(lambda x: x // 2, np.array([1, -2], np.int32))
    assert later(np.array([[10, 10], [-4, 7]], np.int64)).tolist() == [[6, 3], [-1, 1]]
