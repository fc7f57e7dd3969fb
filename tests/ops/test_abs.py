from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.model.dtypes import dtype_from_letter
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import AbsOptions
from tests.ops.activations import activation, activations, every_value
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, Result, elements, one_op, shapes
from tests.ops.pairs import Shape

LETTERS = ("i8", "i16", "f32")


def magnitude(letter: str, seed: int, **change: Any) -> Case:
    """An ABS with random codes and scales; ``change`` goes to `activation`."""
    return activation(BuiltinOperator.ABS, letter, seed, options=AbsOptions(), **change)


@settings(max_examples=60, deadline=None)
@given(activations(magnitude, LETTERS))
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("letter", ["i8", "i16"])
def test_every_value_agrees(letter: str, seed: int) -> None:
    agree(magnitude(letter, seed, value=every_value(letter)))


def plain(letter: str, seed: int, shape: Shape = (2, 3, 40)) -> Case:
    """An ABS of integers that are not quantized, the lowest among them."""
    values = elements(np.random.default_rng(seed), letter, shape)
    lowest = np.full(shape, dtype_from_letter(letter).qmin, values.dtype)
    operand = Operand(np.where(values % 8 == 0, lowest, values), letter)
    return one_op(BuiltinOperator.ABS, [operand], [Result(letter)], AbsOptions())


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(["i16", "i32"]), st.integers(0, 2**32), shapes(0, 6))
def test_plain_integers_agree(letter: str, seed: int, shape: Shape) -> None:
    agree(plain(letter, seed, shape))


@pytest.mark.parametrize("letter", ["i8", "i16"])
def test_equal_scales_agree(letter: str) -> None:
    agree(magnitude(letter, 0, value=every_value(letter), ratio=1))


def golden_cases() -> dict[str, Case]:
    cases = {letter: magnitude(letter, i) for i, letter in enumerate(LETTERS)}
    return cases | {f"{letter}_plain": plain(letter, 5) for letter in ("i16", "i32")}


def test_golden() -> None:
    agrees_with_golden("abs")


@pytest.mark.parametrize(
    ("letter", "change", "message"),
    [
        ("u8", {}, "u8 -> u8 is not supported"),
        ("i8", {"after": {}}, "output .* has no quantization scale"),
        ("i16", {"after": {"scale": 1, "zero_point": 3}}, "The zero point of output .* must be 0"),
    ],
)
def test_refuses(letter: str, change: dict[str, Any], message: str) -> None:
    refuses(magnitude(letter, 0, **change), message)
