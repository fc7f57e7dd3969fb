from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from pytflite.build import ModelBuilder
from pytflite.errors import PrepareError
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.variables import assign, delays, handle, read, running_sum

VALUES = [np.array([i, -i], np.float32) for i in range(1, 5)]


@settings(max_examples=40, deadline=None)
@given(delays())
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("letter", [np.float32, np.int32, np.int64])
def test_sums_agree(letter: type) -> None:
    agree(running_sum([value.astype(letter) for value in VALUES]))


def other_shape() -> Case:
    """A variable that is given another shape, between two reads that take any."""
    b = ModelBuilder()
    g = b.subgraph("main")
    x, y = g.input("x", (2,), "f32"), g.input("y", (1, 3), "f32")
    known = handle(g)
    for value in (x, y):
        assign(g, known, value)
        g.mark_output(read(g, known, (), "f32"))
    return Case(b.build(), [[np.ones(2, np.float32), np.zeros((1, 3), np.float32)]] * 2)


def test_the_value_decides_the_shape() -> None:
    agree(other_shape())


def golden_cases() -> dict[str, Case]:
    return {"sum": running_sum(VALUES), "other_shape": other_shape()}


def test_golden() -> None:
    agrees_with_golden("assign_variable")


def test_refuses() -> None:
    b = ModelBuilder()
    g = b.subgraph("main")
    assign(g, g.input("handles", (2,), "res"), g.input("x", (2,), "f32"))
    with pytest.raises(PrepareError, match=r"must have one element[\s\S]*Node number 0 \(ASSIGN_VARIABLE\)"):
        evaluate(b.build(), [[np.zeros(2, np.int32), np.zeros(2, np.float32)]], kernels=False)
