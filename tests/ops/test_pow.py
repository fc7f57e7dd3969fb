from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import PowOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, Result, elements, fails, one_op
from tests.ops.pairs import Array, Shape, broadcastable, float_corners, pair

LETTERS = ("i32", "f32")


def model(letter: str, bases: Array, exponents: Array) -> Case:
    """A POW."""
    inputs = [Operand(value, letter) for value in (bases, exponents)]
    return one_op(BuiltinOperator.POW, inputs, [Result(letter)], PowOptions())


def power(letter: str, seed: int, shapes: tuple[Shape, Shape] = ((2, 3, 17), (3, 17))) -> Case:
    """A POW of random elements, many of which do not overflow; exponents are often integers, or nearly."""
    rng = np.random.default_rng(seed)
    if letter == "i32":
        bases = np.where(rng.random(shapes[0]) < 0.8, rng.integers(-9, 10, shapes[0]), elements(rng, "i32", shapes[0]))
        return model("i32", bases.astype(np.int32), rng.integers(0, rng.choice([4, 40]), shapes[1]).astype(np.int32))
    bases = elements(rng, "f32", shapes[0])
    exponents = rng.normal(0, 3, shapes[1])
    whole = np.round(exponents) + rng.choice([0, 0, 9e-6, 1.1e-5], shapes[1])
    return model("f32", bases, np.where(rng.random(shapes[1]) < 0.5, whole, exponents).astype(np.float32))


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(LETTERS), st.integers(0, 2**32), broadcastable())
def test_agrees(letter: str, seed: int, shapes: tuple[Shape, Shape]) -> None:
    agree(power(letter, seed, shapes))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LETTERS), st.integers(0, 2**32), st.sampled_from([(), (1,), (1, 1, 1)]))
def test_one_exponent_agrees(letter: str, seed: int, shape: Shape) -> None:
    agree(power(letter, seed, ((2, 9), shape)))


def corners(exponents: Array) -> Case:
    """Zeros of both signs, a number, infinities and NaN to these powers."""
    return model("f32", np.concatenate([float_corners("f32"), np.float32([3e38, -3e38])]).reshape(-1, 1), exponents)


@pytest.mark.parametrize(
    "exponent", [[0], [1], [2], [3], [0.5], [-1], [2.00001], [np.inf], [np.nan], [0, 1, 2, -2, 0.5]]
)
def test_corners_agree(exponent: list[float]) -> None:
    agree(corners(np.float32(exponent)))


def golden_cases() -> dict[str, Case]:
    cases = {letter: power(letter, i) for i, letter in enumerate(LETTERS)}
    return cases | {"cube": corners(np.float32([3])), "i32_one_exponent": power("i32", 6, ((4, 5), ()))}


def test_golden() -> None:
    agrees_with_golden("pow")


def test_refuses() -> None:
    refuses(power("f32", 0, ((4, 3), (2, 3))), r"Given shapes, \[4, 3\], \[2, 3\], are not broadcastable")
    refuses(pair(BuiltinOperator.POW, ("i64", "i64"), 0, ((3,), (3,)), PowOptions()), "i64 i64 -> i64 is not supported")
    fails(model("i32", np.int32([2, 3]), np.int32([2, -1])), "does not support negative powers")
