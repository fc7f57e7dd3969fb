from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import AddNOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, Result, elements, one_op, shapes
from tests.ops.pairs import Shape

LETTERS = ("i32", "f32")


def total(letter: str, seed: int, count: int = 3, shape: Shape = (2, 3, 7)) -> Case:
    """An ADD_N of random elements; some floats overflow."""
    rng = np.random.default_rng(seed)
    values = [elements(rng, letter, shape) for _ in range(count)]
    if letter == "f32":
        values = [np.where(rng.random(shape) < 0.1, np.float32(3e38), value) for value in values]
    operands = [Operand(value, letter) for value in values]
    return one_op(BuiltinOperator.ADD_N, operands, [Result(letter)], AddNOptions())


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(LETTERS), st.integers(0, 2**32), st.integers(2, 9), shapes(0, 6))
def test_agrees(letter: str, seed: int, count: int, shape: Shape) -> None:
    agree(total(letter, seed, count, shape))


def golden_cases() -> dict[str, Case]:
    return {letter: total(letter, i) for i, letter in enumerate(LETTERS)}


def test_golden() -> None:
    agrees_with_golden("add_n")


@pytest.mark.parametrize(
    ("shapes", "letter", "message"),
    [
        ([(2, 3)], "f32", "There must be at least 2 inputs"),
        ([(2, 3), (2, 3), (3, 2)], "f32", r"inputs\[2\] .* must have the shape of inputs\[0\]"),
        ([(2, 3), (2, 3)], "i64", "i64 i64 -> i64 is not supported"),
    ],
)
def test_refuses(shapes: list[Shape], letter: str, message: str) -> None:
    operands = [Operand(np.ones(shape, {"f32": np.float32, "i64": np.int64}[letter]), letter) for shape in shapes]
    refuses(one_op(BuiltinOperator.ADD_N, operands, [Result(letter)], AddNOptions()), message)
