from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.cumsum import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import CumsumOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, Result, elements, fails, integers, kinds, one_op, shapes
from tests.ops.pairs import Shape

LETTERS = [kind[0] for kind in kinds(OP)]


def sums(
    letter: str,
    seed: int,
    shape: Shape = (3, 5, 4),
    axis: int = 1,
    *,
    exclusive: bool = False,
    reverse: bool = False,
    fed: bool = False,
) -> Case:
    """A CUMSUM of random elements."""
    operands = [Operand(elements(np.random.default_rng(seed), letter, shape), letter), integers([axis], fed=fed)]
    return one_op(BuiltinOperator.CUMSUM, operands, [Result(letter)], CumsumOptions(exclusive, reverse))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    shape = draw(shapes(1, 5))
    flags = {name: draw(st.booleans()) for name in ("exclusive", "reverse", "fed")}
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    return sums(draw(st.sampled_from(LETTERS)), draw(st.integers(0, 2**32)), shape, axis, **flags)


@settings(max_examples=80, deadline=None)
@given(cases())
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("axis", [0, 1])
def test_long_axes_agree(axis: int) -> None:
    agree(sums("f32", 0, (300, 70), axis))


def golden_cases() -> dict[str, Case]:
    cases = {letter: sums(letter, i) for i, letter in enumerate(LETTERS)}
    return cases | {"exclusive_reverse": sums("f32", 5, exclusive=True, reverse=True)}


def test_golden() -> None:
    agrees_with_golden("cumsum")


@pytest.mark.parametrize(
    ("letter", "change", "message"),
    [
        ("f32", {"shape": ()}, "must have at least one dimension"),
        ("i8", {}, "i8 i32 -> i8 is not supported"),
    ],
)
def test_refuses(letter: str, change: dict[str, Any], message: str) -> None:
    refuses(sums(letter, 0, **change), message)


def test_refuses_axes() -> None:
    fails(sums("f32", 0, axis=3, fed=True), r"Axis 3 is not in the range \[-3, 3\)")
    value = Operand(np.ones((2, 2), np.float32), "f32")
    subject = one_op(BuiltinOperator.CUMSUM, [value, integers([0, 1])], [Result("f32")], CumsumOptions())
    refuses(subject, "axis .* must have one element")
