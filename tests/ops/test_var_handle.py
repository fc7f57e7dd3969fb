from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from pytflite.build import ModelBuilder
from pytflite.errors import PrepareError
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import VarHandleOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.variables import assign, delay, delays, handle, read

VALUES = [np.array([i, -i], np.float32) for i in range(1, 5)]


@settings(max_examples=40, deadline=None)
@given(delays())
def test_agrees(subject: Case) -> None:
    agree(subject)


def apart(first: tuple[str, str], second: tuple[str, str]) -> Case:
    """Assign to one variable, then to another, then read the first: names and containers tell them apart."""
    b = ModelBuilder()
    g = b.subgraph("main")
    x, y = g.input("x", (2,), "f32"), g.input("y", (2,), "f32")
    assign(g, handle(g, *first), x)
    assign(g, handle(g, *second), y)
    g.mark_output(read(g, handle(g, *first), (2,), "f32"))
    return Case(b.build(), [VALUES[:2]])


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (("a", ""), ("a", ""), True),
        (("a", ""), ("b", ""), False),
        (("a", ""), ("a", "c"), False),
        (("", "c"), ("", "c"), True),
    ],
)
def test_container_and_name_tell_variables_apart(first: tuple[str, str], second: tuple[str, str], same: bool) -> None:
    subject = apart(first, second)
    (value,) = evaluate(subject.model, subject.inputs, kernels=False)
    np.testing.assert_array_equal(value, VALUES[1 if same else 0])
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {"two": delay(VALUES, names=["a", "b"]), "apart": apart(("a", ""), ("a", "c"))}


def test_golden() -> None:
    agrees_with_golden("var_handle")


def test_refuses() -> None:
    b = ModelBuilder()
    g = b.subgraph("main")
    g.operator(BuiltinOperator.VAR_HANDLE, [], [g.output("handle", (2,), "res")], VarHandleOptions())
    with pytest.raises(PrepareError, match=r"must have one element[\s\S]*Node number 0 \(VAR_HANDLE\)"):
        evaluate(b.build(), [[]], kernels=False)
