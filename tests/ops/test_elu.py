from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from pytflite.schema.enums import BuiltinOperator
from tests.ops.activations import activation, activations, every_value
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden

LETTERS = ("i8", "f32")


def elu(letter: str, seed: int, **change: Any) -> Case:
    """An ELU with random codes and scales; ``change`` goes to `activation`."""
    return replace(
        activation(BuiltinOperator.ELU, letter, seed, **change), resolver="BUILTIN_WITHOUT_DEFAULT_DELEGATES"
    )


@settings(max_examples=40, deadline=None)
@given(activations(elu, LETTERS))
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("letter", ["i8"])
def test_every_value_agrees(letter: str, seed: int) -> None:
    agree(elu(letter, seed, value=every_value(letter)))


def golden_cases() -> dict[str, Case]:
    return {letter: elu(letter, i) for i, letter in enumerate(LETTERS)}


def test_golden() -> None:
    agrees_with_golden("elu")


@pytest.mark.parametrize(
    ("letter", "change", "message"),
    [
        ("u8", {}, "u8 -> u8 is not supported"),
        ("i8", {"after": {}}, "output .* has no quantization scale"),
    ],
)
def test_refuses(letter: str, change: dict[str, Any], message: str) -> None:
    refuses(elu(letter, 0, **change), message)
