from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import pytflite
from pytflite.build import ModelBuilder
from pytflite.errors import PrepareError
from tests.ops import subgraphs
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.variables import assign, call_once, delays, handle, read, running_sum

VALUES = [np.array([i, -i], np.float32) for i in range(1, 5)]


@settings(max_examples=40, deadline=None)
@given(delays())
def test_agrees(subject: Case) -> None:
    agree(subject)


def counted() -> Case:
    """Two operators call the same subgraph, which adds 1 to what another one set: it runs once altogether."""
    b = ModelBuilder()
    g, zero, count = b.subgraph("main"), b.subgraph("zero"), b.subgraph("count")
    assign(zero, handle(zero), zero.constant("zero", np.zeros(1, np.float32)))
    known = handle(count)
    one = count.constant("one", np.ones(1, np.float32))
    assign(count, known, subgraphs.added(count, read(count, known, (1,), "f32"), one))
    for subgraph in (zero.index, count.index, count.index):
        call_once(g, subgraph)
    x = g.input("x", (1,), "f32")
    g.mark_output(subgraphs.added(g, x, read(g, handle(g), (1,), "f32")))
    return Case(b.build(), [[np.zeros(1, np.float32)]] * 3)


def test_runs_once() -> None:
    subject = counted()
    assert [output.item() for output in evaluate(subject.model, subject.inputs, kernels=False)] == [1, 1, 1]
    agree(subject)


def test_another_preparation_keeps_what_was_set() -> None:
    """The sum goes on, and is not set to zero again, when an interpreter is resized."""
    interpreter = pytflite.Interpreter(model_content=running_sum(VALUES).model.to_bytes(), profile="reference")
    (given,), (summed,) = interpreter.get_input_details(), interpreter.get_output_details()
    total = np.zeros(2, np.float32)
    for value in VALUES:
        for shape in (1, 2), (2,):
            interpreter.resize_tensor_input(given["index"], shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(given["index"], value)
        interpreter.invoke()
        total += value
        np.testing.assert_array_equal(interpreter.get_tensor(summed["index"]), total)


def golden_cases() -> dict[str, Case]:
    return {"counted": counted(), "sum": running_sum(VALUES)}


def test_golden() -> None:
    agrees_with_golden("call_once")


def broken(change: str) -> Any:
    """A model that calls what it cannot."""
    b = ModelBuilder()
    g, other = b.subgraph("main"), b.subgraph("other")
    if change == "inputs":
        other.input("x", (1,), "f32")
    if change == "outputs":
        other.mark_output(other.constant("x", np.zeros(1, np.float32)))
    call_once(g, 0 if change == "self" else other.index)
    return b.build()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("inputs", r"Subgraph 1 takes \(f32\), not \(\)"),
        ("outputs", r"Subgraph 1 gives \(f32\), not \(\)"),
        ("self", "Subgraph 0 calls itself"),
    ],
)
def test_refuses(change: str, message: str) -> None:
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(CALL_ONCE\) failed to prepare"):
        evaluate(broken(change), [[]], kernels=False)
