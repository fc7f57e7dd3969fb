from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from pytflite.build import ModelBuilder
from pytflite.errors import InvokeError, PrepareError
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.variables import assign, delay, delays, handle, read

VALUES = [np.array([[i, -i, 5]], np.float32) for i in range(1, 5)]


@settings(max_examples=40, deadline=None)
@given(delays())
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("shape", [(), (1, 3), (3,), (3, 1), (2,), (1,)])
def test_the_shape_of_the_file_counts(shape: tuple[int, ...]) -> None:
    """Elements beyond it are left out."""
    agree(delay(VALUES, shape=shape))


def golden_cases() -> dict[str, Case]:
    return {"whole": delay(VALUES), "part": delay(VALUES, shape=(2,)), "any": delay(VALUES, shape=())}


def test_golden() -> None:
    agrees_with_golden("read_variable")


def broken(change: str) -> Any:
    """A model that reads what it cannot."""
    b = ModelBuilder()
    g = b.subgraph("main")
    x = g.input("x", (3,), "f32")
    known = g.input("handles", (2,), "res") if change == "many" else handle(g)
    if change != "unassigned":
        assign(g, handle(g), x)
    g.mark_output(read(g, known, (4,) if change == "more" else (3,), "i32" if change == "type" else "f32"))
    return b.build()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("unassigned", "Variable 0 is read before it is assigned"),
        ("type", "Variable 0 is float32, not int32"),
        ("more", "Variable 0 has 3 elements, 4 are read"),
    ],
)
def test_refuses_in_invoke(change: str, message: str) -> None:
    with pytest.raises(InvokeError, match=rf"{message}[\s\S]*\(READ_VARIABLE\) failed to invoke"):
        evaluate(broken(change), [[np.zeros(3, np.float32)]], kernels=False)


def test_refuses() -> None:
    with pytest.raises(PrepareError, match=r"must have one element[\s\S]*\(READ_VARIABLE\) failed to prepare"):
        evaluate(broken("many"), [[np.zeros(3, np.float32), np.zeros(2, np.int32)]], kernels=False)
