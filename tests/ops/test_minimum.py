from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.minimum import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import MaximumMinimumOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, kinds, one_op
from tests.ops.pairs import Shape, broadcastable, float_corners, pair

LETTERS = sorted({row[0] for row in kinds(OP)})


def minimum(letter: str, seed: int, shapes: tuple[Shape, Shape] = ((2, 3, 7), (3, 7))) -> Case:
    """A MINIMUM with random elements."""
    return pair(BuiltinOperator.MINIMUM, (letter, letter), seed, shapes, MaximumMinimumOptions())


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LETTERS), st.integers(0, 2**32), broadcastable())
def test_agrees(letter: str, seed: int, shapes: tuple[Shape, Shape]) -> None:
    agree(minimum(letter, seed, shapes))


def corners(letter: str) -> Case:
    """Every pair of zeros of both signs, infinities, NaN and a number."""
    operands = [Operand(float_corners(letter).reshape(shape), letter) for shape in ((-1, 1), (1, -1))]
    return one_op(BuiltinOperator.MINIMUM, operands, [Result(letter)], MaximumMinimumOptions())


@pytest.mark.parametrize("letter", ["f32", "f16", "bf16"])
def test_corners_agree(letter: str) -> None:
    agree(corners(letter))


def golden_cases() -> dict[str, Case]:
    return {letter: minimum(letter, 5) for letter in LETTERS} | {"corners": corners("f32")}


def test_golden() -> None:
    agrees_with_golden("minimum")


def test_refuses() -> None:
    subject = minimum("i8", 0, ((4, 3), (2, 3)))
    message = (
        r"Given shapes, \[4, 3\], \[2, 3\], are not broadcastable[\s\S]*Node number 0 \(MINIMUM\) failed to prepare"
    )
    with pytest.raises(PrepareError, match=message):
        evaluate(subject.model, subject.inputs, kernels=False)
