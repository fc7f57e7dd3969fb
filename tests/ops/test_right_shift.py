from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.right_shift import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import RightShiftOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import kinds
from tests.ops.pairs import Shape, broadcastable, pair

LETTERS = sorted({kind[0] for kind in kinds(OP)})


def shift(letter: str, seed: int, shapes: tuple[Shape, Shape] = ((2, 3, 7), (3, 7))) -> Case:
    """A RIGHT_SHIFT of random elements."""
    return pair(BuiltinOperator.RIGHT_SHIFT, (letter, letter), seed, shapes, RightShiftOptions())


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(LETTERS), st.integers(0, 2**32), broadcastable())
def test_agrees(letter: str, seed: int, shapes: tuple[Shape, Shape]) -> None:
    agree(shift(letter, seed, shapes))


def golden_cases() -> dict[str, Case]:
    return {letter: shift(letter, i) for i, letter in enumerate(LETTERS)}


def test_golden() -> None:
    agrees_with_golden("right_shift")


def test_refuses() -> None:
    refuses(shift(LETTERS[0], 0, ((4, 3), (2, 3))), r"Given shapes, \[4, 3\], \[2, 3\], are not broadcastable")
    refuses(shift("i64", 0), "i64 i64 -> i64 is not supported")
