from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.atan2 import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ATan2Options
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, Result, kinds, one_op, shapes
from tests.ops.pairs import Shape, float_corners, pair

LETTERS = sorted({kind[0] for kind in kinds(OP)})


def angle(letter: str, seed: int, shapes: tuple[Shape, Shape] = ((2, 3, 40), (2, 3, 40))) -> Case:
    """An ATAN2 of random elements."""
    return pair(BuiltinOperator.ATAN2, (letter, letter), seed, shapes, ATan2Options())


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LETTERS), st.integers(0, 2**32), shapes(0, 6))
def test_agrees(letter: str, seed: int, shape: Shape) -> None:
    agree(angle(letter, seed, (shape, shape)))


def corners(letter: str) -> Case:
    """Every pair of zeros of both signs, infinities, NaN and a number."""
    values = float_corners(letter)
    y, x = (grid.ravel() for grid in np.meshgrid(values, values))
    return one_op(BuiltinOperator.ATAN2, [Operand(y, letter), Operand(x, letter)], [Result(letter)], ATan2Options())


@pytest.mark.parametrize("letter", LETTERS)
def test_corners_agree(letter: str) -> None:
    agree(corners(letter))


def golden_cases() -> dict[str, Case]:
    return {letter: angle(letter, i) for i, letter in enumerate(LETTERS)} | {"corners": corners("f32")}


def test_golden() -> None:
    agrees_with_golden("atan2")


def test_refuses() -> None:
    refuses(angle("f32", 0, ((2, 3), (3,))), "must have the shape of y")
    refuses(angle("i8", 0), "i8 i8 -> i8 is not supported")
