from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import LogSoftmaxOptions
from tests.ops.activations import activation
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import fails, shapes
from tests.ops.pairs import Shape
from tests.ops.quantized import tie_prone_scale

LETTERS = ("i8", "u8", "f32")


def log_softmax(letter: str, seed: int, shape: Shape = (2, 3, 40), **change: Any) -> Case:
    """A LOG_SOFTMAX with random codes at scales of many magnitudes; ``change`` goes to `activation`."""
    scale = tie_prone_scale(np.random.default_rng(seed), 1e-6, 30)
    after = {"scale": 1 / 16, "zero_point": 127 if letter == "i8" else 255} if letter != "f32" else {}
    change = {"input_scale": scale, "after": after, "options": LogSoftmaxOptions()} | change
    return activation(BuiltinOperator.LOG_SOFTMAX, letter, seed, shape=shape, **change)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(LETTERS), st.integers(0, 2**32), shapes(1, 5), st.sampled_from([0, 1, 3, 50, 1500]))
def test_agrees(letter: str, seed: int, shape: Shape, depth: int) -> None:
    agree(log_softmax(letter, seed, (*shape[:-1], depth)))


@pytest.mark.parametrize("letter", ["i8", "u8"])
def test_rows_of_equal_codes_agree(letter: str) -> None:
    dtype = {"i8": np.int8, "u8": np.uint8}[letter]
    for depth in (1, 2, 1000, 4000):
        agree(log_softmax(letter, 0, value=np.full((2, depth), 7, dtype)))


def golden_cases() -> dict[str, Case]:
    return {letter: log_softmax(letter, i) for i, letter in enumerate(LETTERS)}


def test_golden() -> None:
    agrees_with_golden("log_softmax")


@pytest.mark.parametrize(
    ("letter", "change", "message"),
    [
        ("f32", {"shape": ()}, "must have at least one dimension"),
        ("f16", {"after": {}}, "f16 -> f16 is not supported"),
        ("i8", {"after": {"scale": 1 / 8, "zero_point": 127}}, "The scale of output .* must be 1/16"),
        ("u8", {"after": {"scale": 1 / 16, "zero_point": 127}}, "The zero point of output .* must be 255"),
        ("i8", {"input_scale": 1e-9}, r"beta times the scale of input .* must exceed 2\^-26"),
    ],
)
def test_refuses(letter: str, change: dict[str, Any], message: str) -> None:
    refuses(log_softmax(letter, 0, **change), message)


def test_refuses_sums_that_overflow() -> None:
    fails(log_softmax("i8", 0, value=np.zeros((1, 5000), np.int8)), "the sum of their exps overflows")
