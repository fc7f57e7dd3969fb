from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import GeluOptions
from tests.ops.activations import activation, activations, every_value
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden

LETTERS = ("i8", "u8", "i16", "f32", "f16")


def gelu(letter: str, seed: int, *, approximate: bool = False, **change: Any) -> Case:
    """A GELU with random codes and scales; ``change`` goes to `activation`."""
    return activation(BuiltinOperator.GELU, letter, seed, options=GeluOptions(approximate), **change)


@settings(max_examples=100, deadline=None)
@given(activations(gelu, LETTERS, approximate=st.booleans()))
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("approximate", [False, True])
@pytest.mark.parametrize("letter", ["i8", "u8", "i16"])
@pytest.mark.parametrize("input_scale", [1e-5, 0.01, 0.1, 3, 3e38])
def test_every_code_agrees(letter: str, approximate: bool, input_scale: float) -> None:
    agree(gelu(letter, 3, approximate=approximate, value=every_value(letter), input_scale=input_scale))


@pytest.mark.parametrize("approximate", [False, True])
def test_every_float16_agrees(approximate: bool) -> None:
    agree(gelu("f16", 0, approximate=approximate, value=every_value("f16")))


@pytest.mark.parametrize("approximate", [False, True])
@pytest.mark.parametrize("count", [1, 2, 3, 5, 20002])
def test_vectors_agree(approximate: bool, count: int) -> None:
    rng = np.random.default_rng(count)
    value = (rng.standard_normal(count) * rng.choice([0.3, 2, 6, 20], count)).astype(np.float32)
    agree(gelu("f32", 0, approximate=approximate, value=value))


def golden_cases() -> dict[str, Case]:
    cases = {letter: gelu(letter, i, shape=(3, 41)) for i, letter in enumerate(LETTERS)}
    return cases | {f"{letter}_approximate": gelu(letter, 5, approximate=True, shape=(3, 41)) for letter in LETTERS}


def test_golden() -> None:
    agrees_with_golden("gelu")


@pytest.mark.parametrize(
    ("letter", "change", "message"),
    [
        ("f64", {}, "f64 -> f64 is not supported"),
        ("i8", {"after": {}}, "output .* has no quantization scale"),
    ],
)
def test_refuses(letter: str, change: dict[str, Any], message: str) -> None:
    refuses(gelu(letter, 0, **change), message)
