from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.stablehlo_shift_left import OP
from pytflite.schema.enums import BuiltinOperator
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import kinds, shapes
from tests.ops.pairs import Shape, pair

LETTERS = [kind[0] for kind in kinds(OP)]


def shift(letter: str, seed: int, input_shapes: tuple[Shape, Shape] = ((2, 3, 7), (2, 3, 7))) -> Case:
    """A STABLEHLO_SHIFT_LEFT of random elements by what is defined in C++."""
    subject = pair(BuiltinOperator.STABLEHLO_SHIFT_LEFT, (letter, letter), seed, input_shapes)
    ((shifted, counts),) = subject.inputs
    return Case(subject.model, [[shifted, counts & 31]], "BUILTIN_WITHOUT_DEFAULT_DELEGATES")


@pytest.mark.parametrize("letter", LETTERS)
def test_every_kind_agrees(letter: str) -> None:
    agree(shift(letter, 0))


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(LETTERS), st.integers(0, 2**32), shapes(0, 8))
def test_agrees(letter: str, seed: int, shape: Shape) -> None:
    agree(shift(letter, seed, (shape, shape)))


def golden_cases() -> dict[str, Case]:
    return {letter: shift(letter, i) for i, letter in enumerate(LETTERS)}


def test_golden() -> None:
    agrees_with_golden("stablehlo_shift_left")


@pytest.mark.parametrize("letter", LETTERS)
def test_other_shifts_give_zero(letter: str) -> None:
    subject = shift(letter, 0, ((4,), (4,)))
    ((shifted, _),) = subject.inputs
    counts = np.array([-1, -128, 32, 127], shifted.dtype)
    (output,) = evaluate(subject.model, [[shifted, counts]], kernels=False)
    assert not output.any()


def test_refuses() -> None:
    refuses(shift(LETTERS[0], 0, ((2, 3), (1, 3))), "input2 .* must have the shape of input1")
    refuses(shift("u8", 0), "u8 u8 -> u8 is not supported")
