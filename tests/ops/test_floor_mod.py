from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.model.dtypes import dtype_from_letter
from pytflite.ops.floor_mod import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import FloorModOptions
from tests.ops.convolutions import refuses
from tests.ops.divisions import operands
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, fails, kinds, one_op
from tests.ops.pairs import Array, Shape, broadcastable

LETTERS = sorted({kind[0] for kind in kinds(OP)})


def model(letter: str, dividends: Array, divisors: Array) -> Case:
    """A FLOOR_MOD."""
    inputs = [Operand(value, letter) for value in (dividends, divisors)]
    return one_op(BuiltinOperator.FLOOR_MOD, inputs, [Result(letter)], FloorModOptions())


def rest(letter: str, seed: int, shapes: tuple[Shape, Shape] = ((2, 3, 7), (3, 7))) -> Case:
    """A FLOOR_MOD of random elements."""
    return model(letter, *operands(np.random.default_rng(seed), letter, shapes))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LETTERS), st.integers(0, 2**32), broadcastable())
def test_agrees(letter: str, seed: int, shapes: tuple[Shape, Shape]) -> None:
    agree(rest(letter, seed, shapes))


def extremes(letter: str) -> Case:
    """The ends of a type's range against each other, 1 and -1."""
    dtype = dtype_from_letter(letter)
    values = np.array([dtype.qmin, dtype.qmin + 1, -7, -1, 1, 7, dtype.qmax]).astype(dtype.numpy)
    return model(letter, values.reshape(-1, 1), values)


@pytest.mark.parametrize("letter", ["i8", "i16"])
def test_extremes_agree(letter: str) -> None:
    agree(extremes(letter))


def test_zeros_and_infinities_agree() -> None:
    values = np.float32([0.0, -0.0, 1.5, -1.5, 3, -3, 1e-45, np.inf, -np.inf, np.nan])
    agree(model("f32", values.reshape(-1, 1), values))


def test_the_rest_of_the_lowest_number_by_minus_1_is_0() -> None:
    """The real runtime dies of it."""
    subject = model("i32", np.int32([-(1 << 31), 7]), np.int32([-1, -4]))
    (rest,) = evaluate(subject.model, subject.inputs, kernels=False)
    assert rest.tolist() == [0, -1]


def golden_cases() -> dict[str, Case]:
    return {letter: rest(letter, i) for i, letter in enumerate(LETTERS)} | {"extremes": extremes("i8")}


def test_golden() -> None:
    agrees_with_golden("floor_mod")


def test_refuses() -> None:
    refuses(rest("f32", 0, ((4, 3), (2, 3))), r"Given shapes, \[4, 3\], \[2, 3\], are not broadcastable")
    refuses(rest("u8", 0), "u8 u8 -> u8 is not supported")
    fails(model("i8", np.int8([1, 2]), np.int8([1, 0])), "Division by 0")
