from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.stablehlo_reduce_window import FUNCTIONS, OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import StablehloReduceWindowOptions
from tests.ops.bodies import one_op_with_body
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, elements, kinds, shapes

LETTERS = [kind[0] for kind in kinds(OP)]
BODIES = list(FUNCTIONS)


def reduce_window(
    letter: str,
    seed: int,
    *,
    body: Sequence[BuiltinOperator] = (BuiltinOperator.STABLEHLO_ADD,),
    shape: tuple[int, ...] = (5, 6),
    window: Sequence[int] = (2, 3),
    strides: Sequence[int] = (1, 2),
    base: Sequence[int] = (2, 3),
    dilations: Sequence[int] = (2, 1),
    padding: Sequence[int] = (1, -2, 0, 3),
    init: tuple[int, ...] = (),
) -> Case:
    """A STABLEHLO_REDUCE_WINDOW of random elements."""
    rng = np.random.default_rng(seed)
    operands = [Operand(elements(rng, letter, shape), letter), Operand(elements(rng, letter, init), letter)]
    options = StablehloReduceWindowOptions(
        window_dimensions=tuple(window),
        window_strides=tuple(strides),
        base_dilations=tuple(base),
        window_dilations=tuple(dilations),
        padding=tuple(padding),
        body_subgraph_index=1,
    )
    subject = one_op_with_body(BuiltinOperator.STABLEHLO_REDUCE_WINDOW, operands, letter, options, body)
    if BuiltinOperator.STABLEHLO_AND in body:  # BUILTIN_REF lacks it
        return replace(subject, resolver="BUILTIN_WITHOUT_DEFAULT_DELEGATES")
    return subject


@st.composite
def reduce_windows(draw: st.DrawFn) -> Case:
    shape = draw(shapes(1, 4, empty=False))
    rank = len(shape)

    def numbers(high: int) -> list[int]:
        positive = st.lists(st.integers(1, high), min_size=rank, max_size=rank)
        return draw(positive)

    base = numbers(3)
    lows = [draw(st.integers(-2, 3)) for _ in shape]
    full = [(size - 1) * step + 1 + low for size, step, low in zip(shape, base, lows, strict=True)]
    highs = [draw(st.integers(max(-2, 1 - extent), 3)) for extent in full]
    padding = [edge for pair in zip(lows, highs, strict=True) for edge in pair]
    return reduce_window(
        draw(st.sampled_from(LETTERS)),
        draw(st.integers(0, 2**32)),
        body=[draw(st.sampled_from(BODIES))],
        shape=shape,
        window=numbers(3),
        strides=draw(st.sampled_from([(), tuple(numbers(3))])),
        base=base,
        dilations=draw(st.sampled_from([(), tuple(numbers(2))])),
        padding=padding,
        init=draw(st.sampled_from([(), (1,)])),
    )


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("body", BODIES)
def test_every_kind_agrees(letter: str, body: BuiltinOperator) -> None:
    agree(reduce_window(letter, 0, body=[body]))


@settings(max_examples=80, deadline=None)
@given(reduce_windows())
def test_agrees(subject: Case) -> None:
    agree(subject)


def test_agrees_with_all_lists_empty() -> None:
    agree(reduce_window("f32", 0, strides=(), base=(), dilations=(), padding=()))


def golden_cases() -> dict[str, Case]:
    cases = {letter: reduce_window(letter, i) for i, letter in enumerate(LETTERS)}
    return cases | {code.name.lower(): reduce_window("f32", 0, body=[code]) for code in BODIES[:-1]}


def test_golden() -> None:
    agrees_with_golden("stablehlo_reduce_window")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape": (), "window": (), "strides": (), "base": (), "dilations": (), "padding": ()}, "1 to 6 dimensions"),
        ({"window": (2,)}, "There are 1 window dimensions for input"),
        ({"strides": (1, 0)}, "Window strides must be positive"),
        ({"base": (1, 0)}, "base_dilations must be 2 positive numbers"),
        ({"padding": (1, 0)}, "padding must be 4 numbers"),
        ({"padding": (-9, 0, 0, 0)}, "padding leaves nothing of input"),
        ({"init": (2,)}, "init_value .* must have one element"),
        ({"shape": (0, 6)}, "must have no size 0, or no gaps"),
        ({"body": [BuiltinOperator.SUB]}, "Its body must be one of ADD, MUL"),
        ({"body": []}, "Its body must be one of ADD, MUL"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    refuses(reduce_window("f32", 0, **change), message)
