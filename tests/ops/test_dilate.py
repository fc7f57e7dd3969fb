from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.dilate import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import DilateOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

LETTERS = [kind[0] for kind in kinds(OP)]


def dilate(
    letter: str,
    seed: int,
    *,
    shape: tuple[int, ...] = (2, 3, 2),
    dilations: Sequence[int] = (2, 1, 3),
    fill: tuple[int, ...] = (),
    fed: bool = False,
) -> Case:
    """A DILATE of random elements."""
    rng = np.random.default_rng(seed)
    operands = [
        Operand(elements(rng, letter, shape), letter),
        integers(dilations, fed=fed),
        Operand(elements(rng, letter, fill), letter),
    ]
    return one_op(BuiltinOperator.DILATE, operands, [Result(letter)], DilateOptions())


@st.composite
def dilates(draw: st.DrawFn) -> Case:
    shape = draw(shapes(1, 5))
    dilations = draw(st.lists(st.sampled_from([1, 1, 2, 3, 4]), min_size=len(shape), max_size=len(shape)))
    if 0 in shape:
        dilations = [1] * len(shape)
    fill = draw(st.sampled_from([(), (1,)]))
    return dilate(
        draw(st.sampled_from(LETTERS)),
        draw(st.integers(0, 2**32)),
        shape=shape,
        dilations=dilations,
        fill=fill,
        fed=draw(st.booleans()),
    )


@pytest.mark.parametrize("letter", LETTERS)
def test_every_kind_agrees(letter: str) -> None:
    agree(dilate(letter, 0))


@settings(max_examples=60, deadline=None)
@given(dilates())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {letter: dilate(letter, i) for i, letter in enumerate(LETTERS)}


def test_golden() -> None:
    agrees_with_golden("dilate")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape": (), "dilations": ()}, "at least 1 dimension"),
        ({"shape": (2, 0, 2)}, "must have no size 0, or no gaps"),
        ({"dilations": (1, 2)}, "must be a vector of 3 elements"),
        ({"dilations": (1, 0, 2)}, "must be at least 1"),
        ({"fill": (0,)}, "padding_value .* must have an element"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    refuses(dilate(LETTERS[0], 0, **change), message)
