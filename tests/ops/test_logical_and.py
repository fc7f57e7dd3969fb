from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.logical_and import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import LogicalAndOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import kinds
from tests.ops.pairs import Shape, broadcastable, pair

LETTERS = sorted({kind[0] for kind in kinds(OP)})


def conjunction(letter: str, seed: int, shapes: tuple[Shape, Shape] = ((2, 3, 7), (3, 7))) -> Case:
    """A LOGICAL_AND of random elements."""
    return pair(BuiltinOperator.LOGICAL_AND, (letter, letter), seed, shapes, LogicalAndOptions())


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(LETTERS), st.integers(0, 2**32), broadcastable())
def test_agrees(letter: str, seed: int, shapes: tuple[Shape, Shape]) -> None:
    agree(conjunction(letter, seed, shapes))


def golden_cases() -> dict[str, Case]:
    return {letter: conjunction(letter, i) for i, letter in enumerate(LETTERS)}


def test_golden() -> None:
    agrees_with_golden("logical_and")


def test_refuses() -> None:
    refuses(conjunction(LETTERS[0], 0, ((4, 3), (2, 3))), r"Given shapes, \[4, 3\], \[2, 3\], are not broadcastable")
    refuses(conjunction("i8", 0), "i8 i8 -> i8 is not supported")
