"""Both builds of MultiplyByQuantizedMultiplier: equal to what their own C++ gave (``golden/arithmetic``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pytflite.arithmetic.requantize import DoubleRounding, RoundingLast, Single

RECORDING = Path(__file__).parents[2] / "golden" / "arithmetic" / "requantize.npz"


@pytest.mark.parametrize(
    ("name", "recipe"),
    [
        ("double_rounding", DoubleRounding),
        ("single", Single),
        ("single", RoundingLast),
    ],
)
def test_equal_to_the_recording(name: str, recipe: Any) -> None:
    with np.load(RECORDING) as stored:
        accumulator, multiplier, shift = stored["operands"].T
        expected = stored[name]
    np.testing.assert_array_equal(recipe(multiplier, shift)(accumulator), expected)


def test_the_builds_differ() -> None:
    with np.load(RECORDING) as stored:
        assert (stored["double_rounding"] != stored["single"]).mean() > 0.01
