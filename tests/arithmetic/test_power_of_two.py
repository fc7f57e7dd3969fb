from __future__ import annotations

import numpy as np
import pytest

from pytflite.arithmetic.power_of_two import checked_log2


@pytest.mark.parametrize("exponent", [-126, -15, -12, -1, 0, 1, 15, 127])
def test_powers_of_two_are_exact(exponent: int) -> None:
    assert checked_log2(np.float32(2.0**exponent)) == (exponent, True)


@pytest.mark.parametrize(("factor", "is_exact"), [(1.0006, True), (1.0008, False), (0.9994, True), (0.9992, False)])
def test_a_thousandth_is_near_enough(factor: float, is_exact: bool) -> None:
    assert checked_log2(np.float32(factor * 2.0**-12)) == (-12, is_exact)


def test_the_nearest_power() -> None:
    assert checked_log2(np.float32(1.4)) == (0, False)
    assert checked_log2(np.float32(1.5)) == (1, False)


def test_no_scale_at_all() -> None:
    assert checked_log2(np.float32(0)) == (-(2**31), False)
