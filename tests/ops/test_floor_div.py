from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.model.dtypes import dtype_from_letter
from pytflite.ops.floor_div import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import FloorDivOptions
from tests.ops.convolutions import refuses
from tests.ops.divisions import operands
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, Result, fails, kinds, one_op
from tests.ops.pairs import Array, Shape, broadcastable

LARGEST = {"i8": 127, "i16": 32767}
LETTERS = sorted({kind[0] for kind in kinds(OP)})


def model(letter: str, dividends: Array, divisors: Array) -> Case:
    """A FLOOR_DIV."""
    inputs = [Operand(value, letter) for value in (dividends, divisors)]
    return one_op(BuiltinOperator.FLOOR_DIV, inputs, [Result(letter)], FloorDivOptions())


def quotient(letter: str, seed: int, shapes: tuple[Shape, Shape] = ((2, 3, 7), (3, 7))) -> Case:
    """A FLOOR_DIV of random elements; dividends of narrow types are never the lowest number (see the rule)."""
    dividends, divisors = operands(np.random.default_rng(seed), letter, shapes)
    return model(letter, np.maximum(dividends, -LARGEST.get(letter, np.inf)).astype(dividends.dtype), divisors)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LETTERS), st.integers(0, 2**32), broadcastable())
def test_agrees(letter: str, seed: int, shapes: tuple[Shape, Shape]) -> None:
    agree(quotient(letter, seed, shapes))


def extremes(letter: str) -> Case:
    """The ends of a type's range against each other and small numbers; int32 also by -1."""
    dtype = dtype_from_letter(letter)
    values = np.array([dtype.qmin, dtype.qmin + 1, -7, -1, 1, 7, dtype.qmax]).astype(dtype.numpy)
    return model(letter, values.reshape(-1, 1), values if letter == "i32" else np.where(values == -1, -2, values))


@pytest.mark.parametrize("letter", ["i8", "i16", "i32"])
def test_extremes_agree(letter: str) -> None:
    agree(extremes(letter))


def golden_cases() -> dict[str, Case]:
    return {letter: quotient(letter, i) for i, letter in enumerate(LETTERS)} | {"extremes": extremes("i8")}


def test_golden() -> None:
    agrees_with_golden("floor_div")


def test_refuses() -> None:
    refuses(quotient("f32", 0, ((4, 3), (2, 3))), r"Given shapes, \[4, 3\], \[2, 3\], are not broadcastable")
    refuses(quotient("u8", 0), "u8 u8 -> u8 is not supported")
    for letter, dtype in (("i8", np.int8), ("f32", np.float32)):
        fails(model(letter, np.array([1, 2], dtype), np.array([1, 0], dtype)), "Division by 0")
