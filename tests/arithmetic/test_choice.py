from __future__ import annotations

import numpy as np
import pytest

from pytflite.arithmetic.choice import larger, smaller


@pytest.mark.parametrize(
    ("first", "second", "high", "low"),
    [(1, 2, 2, 1), (2, 1, 2, 1), (np.nan, 1, np.nan, np.nan), (1, np.nan, 1, 1), (-np.inf, np.inf, np.inf, -np.inf)],
)
def test_second_only_where_it_is_strictly_beyond(first: float, second: float, high: float, low: float) -> None:
    a, b = np.float32([first]), np.float32([second])
    np.testing.assert_array_equal(larger(a, b), np.float32([high]))
    np.testing.assert_array_equal(smaller(a, b), np.float32([low]))


def test_first_of_equal_zeros() -> None:
    minus, plus = np.float32([-0.0]), np.float32([0.0])
    assert np.signbit([larger(minus, plus), smaller(minus, plus)]).all()
    assert not np.signbit([larger(plus, minus), smaller(plus, minus)]).any()
