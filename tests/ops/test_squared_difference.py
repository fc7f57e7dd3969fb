from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SquaredDifferenceOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.pairs import Shape, broadcastable, pair, quantizations, scaled
from tests.ops.quantized import tie_prone_scale

LETTERS = ("i8", "i32", "f32")


def squares(
    letter: str,
    seed: int,
    shapes: tuple[Shape, Shape] = ((2, 3, 17), (3, 17)),
    quantization: list[dict[str, Any]] | None = None,
) -> Case:
    """A SQUARED_DIFFERENCE of random elements; the output's scale fits or is larger."""
    rng = np.random.default_rng(seed)
    if quantization is None and letter == "i8":
        scale1 = tie_prone_scale(rng, 1e-3, 1)
        scale2 = scale1 * rng.choice([1.0, 0.5, 2.0, tie_prone_scale(rng, 0.1, 10)])
        output = max(scale1, scale2) ** 2 * tie_prone_scale(rng, 0.01, 500)
        quantization = quantizations(rng, [letter] * 3, [scale1, scale2, output])
    options = SquaredDifferenceOptions()
    return pair(BuiltinOperator.SQUARED_DIFFERENCE, (letter, letter), seed, shapes, options, quantization or [{}] * 3)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LETTERS), st.integers(0, 2**32), broadcastable())
def test_agrees(letter: str, seed: int, shapes: tuple[Shape, Shape]) -> None:
    agree(squares(letter, seed, shapes))


def golden_cases() -> dict[str, Case]:
    return {letter: squares(letter, i) for i, letter in enumerate(LETTERS)}


def test_golden() -> None:
    agrees_with_golden("squared_difference")


@pytest.mark.parametrize(
    ("letter", "change", "message"),
    [
        ("f32", {"shapes": ((4, 3), (2, 3))}, r"Given shapes, \[4, 3\], \[2, 3\], are not broadcastable"),
        ("u8", {}, "u8 u8 -> u8 is not supported"),
        ("i8", {"quantization": [{}, {}, {}]}, "has no quantization scale"),
        ("i8", {"quantization": scaled(1, 0, 1)}, "The scale of input2 .* must be positive"),
        ("i8", {"quantization": scaled(1, 1, 1e-4)}, r"The scale of output .* must exceed 2.0\^2/2\^14"),
        ("i8", {"quantization": [{"scale": 1, "zero_point": 200}, *scaled(1, 1)]}, r"in the range \[-128, 127\]"),
    ],
)
def test_refuses(letter: str, change: dict[str, Any], message: str) -> None:
    refuses(squares(letter, 0, **change), message)
