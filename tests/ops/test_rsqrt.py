from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from pytflite.schema.enums import BuiltinOperator
from tests.ops.activations import activation, activations, every_value, numbers, quantization
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, Result, fails, one_op
from tests.ops.pairs import Array, Shape
from tests.ops.quantized import RANGES, tie_prone_scale

LETTERS = ("i8", "i16", "f32")


def inverse_root(
    letter: str, seed: int, *, shape: Shape = (2, 3, 40), value: Array | None = None, after: Any = None
) -> Case:
    """An RSQRT with random codes from the zero point up, and random scales."""
    rng = np.random.default_rng(seed)
    before = quantization(rng, letter, tie_prone_scale(rng, 1e-4, 0.5))
    after = quantization(rng, letter, tie_prone_scale(rng, 1e-3, 1)) if after is None else after
    value = numbers(rng, letter, shape) if value is None else value
    if letter in RANGES:
        value = np.maximum(value, np.int64(before["zero_point"])).astype(value.dtype)
    operand = Operand(value, letter, quantization=before)
    return one_op(BuiltinOperator.RSQRT, [operand], [Result(letter, (), after)])


@settings(max_examples=60, deadline=None)
@given(activations(inverse_root, LETTERS))
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("letter", ["i8", "i16"])
def test_every_code_agrees(letter: str, seed: int) -> None:
    agree(inverse_root(letter, seed, value=every_value(letter)))


def golden_cases() -> dict[str, Case]:
    return {letter: inverse_root(letter, i) for i, letter in enumerate(LETTERS)}


def test_golden() -> None:
    agrees_with_golden("rsqrt")


@pytest.mark.parametrize(
    ("letter", "change", "message"),
    [
        ("f16", {}, "f16 -> f16 is not supported"),
        ("i8", {"after": {}}, "output .* has no quantization scale"),
        ("i16", {"after": {"scale": 1, "zero_point": 3}}, "The zero point of output .* must be 0"),
        ("i8", {"after": {"scale": 1e6, "zero_point": 3}}, r"must be below 2\^12"),
    ],
)
def test_refuses(letter: str, change: dict[str, Any], message: str) -> None:
    refuses(inverse_root(letter, 0, **change), message)


@pytest.mark.parametrize("letter", ["i8", "i16"])
def test_refuses_numbers_below_0(letter: str) -> None:
    fails(
        activation(BuiltinOperator.RSQRT, letter, 0, value=np.array([RANGES[letter][0]], RANGES[letter][2])),
        "Rsqrt is only defined for positive values",
    )
