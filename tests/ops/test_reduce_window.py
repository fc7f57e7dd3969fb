from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops._shared.reducing_windows import STEPS
from pytflite.ops.reduce_window import OP
from pytflite.schema.enums import BuiltinOperator, ReduceWindowFunction
from pytflite.schema.tables import ReduceWindowOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

LETTERS = [kind[0] for kind in kinds(OP)]


def reduce_window(
    letter: str,
    seed: int,
    *,
    function: ReduceWindowFunction = ReduceWindowFunction.ADD,
    shape: tuple[int, ...] = (5, 6),
    window: Sequence[int] = (2, 3),
    strides: Sequence[int] = (1, 2),
    dilations: Sequence[int] = (2, 1),
    init: tuple[int, ...] = (),
) -> Case:
    """A REDUCE_WINDOW of random elements."""
    rng = np.random.default_rng(seed)
    operands = [Operand(elements(rng, letter, shape), letter), Operand(elements(rng, letter, init), letter)]
    operands += [integers(numbers, "i64") for numbers in (window, strides, dilations)]
    options = ReduceWindowOptions(reduce_function=function)
    return one_op(BuiltinOperator.REDUCE_WINDOW, operands, [Result(letter)], options)


@st.composite
def reduce_windows(draw: st.DrawFn) -> Case:
    shape = draw(shapes(1, 5))

    def numbers(high: int) -> list[int]:
        return draw(st.lists(st.integers(1, high), min_size=len(shape), max_size=len(shape)))

    return reduce_window(
        draw(st.sampled_from(LETTERS)),
        draw(st.integers(0, 2**32)),
        function=draw(st.sampled_from(list(STEPS))),
        shape=shape,
        window=numbers(3),
        strides=numbers(3),
        dilations=numbers(2),
        init=draw(st.sampled_from([(), (1,)])),
    )


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("function", STEPS)
def test_every_kind_agrees(letter: str, function: ReduceWindowFunction) -> None:
    agree(reduce_window(letter, 0, function=function))


@settings(max_examples=80, deadline=None)
@given(reduce_windows())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    cases = {letter: reduce_window(letter, i) for i, letter in enumerate(LETTERS)}
    return cases | {function.name.lower(): reduce_window("f32", 0, function=function) for function in STEPS}


def test_golden() -> None:
    agrees_with_golden("reduce_window")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape": (), "window": (), "strides": (), "dilations": ()}, "must have 1 to 6 dimensions"),
        ({"window": (2,)}, "There are 1 window dimensions for input"),
        ({"strides": (1, 0)}, "Window strides must be positive"),
        ({"init": (2,)}, "init_value .* must have one element"),
        ({"function": ReduceWindowFunction.UNSUPPORTED}, "reduce_function must be one of ADD, MUL"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    refuses(reduce_window("f32", 0, **change), message)
