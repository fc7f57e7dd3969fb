from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from pytflite.schema.enums import BuiltinOperator
from tests.ops.activations import activation, activations, every_value
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden

LETTERS = ("i8", "i16", "f32")


def logarithm(letter: str, seed: int, **change: Any) -> Case:
    """A LOG with random codes and scales; ``change`` goes to `activation`."""
    return activation(BuiltinOperator.LOG, letter, seed, **change)


@settings(max_examples=60, deadline=None)
@given(activations(logarithm, LETTERS))
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("letter", ["i8", "i16"])
def test_every_value_agrees(letter: str, seed: int) -> None:
    agree(logarithm(letter, seed, value=every_value(letter)))


def golden_cases() -> dict[str, Case]:
    return {letter: logarithm(letter, i) for i, letter in enumerate(LETTERS)}


def test_golden() -> None:
    agrees_with_golden("log")


@pytest.mark.parametrize(
    ("letter", "change", "message"),
    [
        ("u8", {}, "u8 -> u8 is not supported"),
        ("i8", {"after": {}}, "output .* has no quantization scale"),
        ("i16", {"after": {"scale": 1, "zero_point": 3}}, "The zero point of output .* must be 0"),
    ],
)
def test_refuses(letter: str, change: dict[str, Any], message: str) -> None:
    refuses(logarithm(letter, 0, **change), message)
