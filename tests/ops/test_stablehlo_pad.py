from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.stablehlo_pad import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import StablehloPadOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, Result, elements, kinds, one_op, shapes

LETTERS = [kind[0] for kind in kinds(OP)]


def pad(
    letter: str,
    seed: int,
    *,
    shape: tuple[int, ...] = (3, 4),
    low: Sequence[int] = (1, -2),
    high: Sequence[int] = (-1, 2),
    gaps: Sequence[int] = (2, 1),
    fill: tuple[int, ...] = (),
) -> Case:
    """A STABLEHLO_PAD of random elements."""
    rng = np.random.default_rng(seed)
    operands = [Operand(elements(rng, letter, shape), letter), Operand(elements(rng, letter, fill), letter)]
    options = StablehloPadOptions(tuple(low), tuple(high), tuple(gaps))
    return one_op(BuiltinOperator.STABLEHLO_PAD, operands, [Result(letter)], options)


@st.composite
def pads(draw: st.DrawFn) -> Case:
    shape = draw(shapes(1, 5))

    def numbers(low: int, high: int) -> list[int]:
        return draw(st.lists(st.integers(low, high), min_size=len(shape), max_size=len(shape)))

    return pad(
        draw(st.sampled_from(LETTERS)),
        draw(st.integers(0, 2**32)),
        shape=shape,
        low=numbers(-4, 3),
        high=numbers(-4, 3),
        gaps=numbers(0, 3),
        fill=draw(st.sampled_from([(), (1,)])),
    )


@pytest.mark.parametrize("letter", LETTERS)
def test_every_kind_agrees(letter: str) -> None:
    agree(pad(letter, 0))


@settings(max_examples=80, deadline=None)
@given(pads())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {letter: pad(letter, i) for i, letter in enumerate(LETTERS)}


def test_golden() -> None:
    agrees_with_golden("stablehlo_pad")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape": (), "low": (), "high": (), "gaps": ()}, "must have 1 to 8 dimensions"),
        ({"fill": (2,)}, "padding_value .* must have one element"),
        ({"gaps": (0, -1)}, "interior_padding is -1"),
        ({"gaps": (0,)}, "The options have 1 paddings for input"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    refuses(pad(LETTERS[0], 0, **change), message)
