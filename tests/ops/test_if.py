from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.build import ModelBuilder
from pytflite.errors import PrepareError
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import IfOptions
from tests.ops import subgraphs
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import elements

Array = npt.NDArray[Any]

BODIES = [
    subgraphs.same,
    subgraphs.swapped,
    subgraphs.repeated,
    subgraphs.summed,
    subgraphs.constants,
    subgraphs.grown,
    subgraphs.flattened,
]
LETTERS = ["f32", "i32", "i64"]


def branch(
    then: subgraphs.Body,
    otherwise: subgraphs.Body,
    values: list[Array],
    *,
    condition: Any = (True,),
    known: bool = False,
) -> Case:
    """IF, invoked for a condition and then for its opposite."""
    decision = np.array(condition)
    b = ModelBuilder()
    g = b.subgraph("main")
    inputs = subgraphs.inputs(g, [decision, *values])
    options = IfOptions(subgraphs.subgraph(b, values, then), subgraphs.subgraph(b, values, otherwise))
    g.operator(BuiltinOperator.IF, inputs, subgraphs.results(g, values, known=known), options)
    return Case(b.build(), [[decision, *values], [~decision, *values]])


def vectors() -> list[Array]:
    return [np.array([1, 2], np.float32), np.array([10, 20], np.float32)]


@st.composite
def branches(draw: st.DrawFn) -> Case:
    bodies, letter = st.sampled_from(BODIES), draw(st.sampled_from(LETTERS))
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    values = [elements(rng, letter, shape) for _ in range(draw(st.integers(1, 3)))]
    return branch(draw(bodies), draw(bodies), values, condition=draw(st.sampled_from([True, (True,), ((True,),)])))


@settings(max_examples=60, deadline=None)
@given(branches())
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("body", BODIES)
def test_every_body_agrees(body: subgraphs.Body) -> None:
    agree(branch(body, subgraphs.same, vectors()))


def test_each_branch_has_its_shape() -> None:
    subject = branch(subgraphs.grown, subgraphs.same, vectors())
    shapes = [output.shape for output in evaluate(subject.model, subject.inputs, kernels=False)]
    assert shapes == [(4,), (2,), (2,), (2,)]


def test_strings_agree() -> None:
    words = np.array([b"a", b"", b"caf\xc3\xa9"], object)
    agree(branch(subgraphs.same, subgraphs.swapped, [words, words[::-1].copy()]))


def golden_cases() -> dict[str, Case]:
    return {body.__name__: branch(body, subgraphs.same, vectors()) for body in BODIES}


def test_golden() -> None:
    agrees_with_golden("if")


def broken(change: str) -> Case:
    """An IF that cannot be prepared."""
    values, decision = vectors(), np.ones(2 if change == "many" else 1, bool)
    b = ModelBuilder()
    g = b.subgraph("main")
    inputs = subgraphs.inputs(g, [decision, *values])
    outputs = subgraphs.results(g, values[: 1 if change == "outputs" else 2])
    two, one = (subgraphs.subgraph(b, values[:count], subgraphs.same) for count in (2, 1))
    other = {"inputs": one, "missing": 7, "self": 0}.get(change, two)
    g.operator(BuiltinOperator.IF, inputs, outputs, IfOptions(two, other))
    return Case(b.build(), [[decision, *values]])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("many", r"condition \(tensor 0 'in0', b 2\) must have one element"),
        ("inputs", r"Subgraph 2 takes \(f32\), not \(f32 f32\)"),
        ("outputs", r"Subgraph 1 gives \(f32 f32\), not \(f32\)"),
        ("missing", r"It calls subgraph 7, the model has 3"),
        ("self", r"Subgraph 0 calls itself"),
    ],
)
def test_refuses(change: str, message: str) -> None:
    subject = broken(change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(IF\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
