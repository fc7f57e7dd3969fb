from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.stablehlo_minimum import OP
from pytflite.schema.enums import BuiltinOperator
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import kinds, shapes
from tests.ops.pairs import Shape, pair

LETTERS = [kind[0] for kind in kinds(OP)]


def smaller(letter: str, seed: int, input_shapes: tuple[Shape, Shape] = ((2, 3, 7), (2, 3, 7))) -> Case:
    """A STABLEHLO_MINIMUM of random elements."""
    return pair(BuiltinOperator.STABLEHLO_MINIMUM, (letter, letter), seed, input_shapes)


@pytest.mark.parametrize("letter", LETTERS)
def test_every_kind_agrees(letter: str) -> None:
    agree(smaller(letter, 0))


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(LETTERS), st.integers(0, 2**32), shapes(0, 8))
def test_agrees(letter: str, seed: int, shape: Shape) -> None:
    agree(smaller(letter, seed, (shape, shape)))


def golden_cases() -> dict[str, Case]:
    return {letter: smaller(letter, i) for i, letter in enumerate(LETTERS)}


def test_golden() -> None:
    agrees_with_golden("stablehlo_minimum")


def test_refuses() -> None:
    refuses(smaller(LETTERS[0], 0, ((2, 3), (1, 3))), "input2 .* must have the shape of input1")
    refuses(smaller("c64", 0), "c64 c64 -> c64 is not supported")
