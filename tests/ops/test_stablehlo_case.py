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
from pytflite.schema.tables import StablehloCaseOptions
from tests.ops import subgraphs
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import elements

Array = npt.NDArray[Any]

RESOLVER = "BUILTIN_WITHOUT_DEFAULT_DELEGATES"
"""BUILTIN_REF does not register this operator."""
BODIES = [subgraphs.same, subgraphs.swapped, subgraphs.repeated, subgraphs.summed, subgraphs.constants]
INDICES = (0, 1, 2, 3, -1, 2**31 - 1)


def switch(bodies: list[subgraphs.Body], values: list[Array], indices: tuple[int, ...] = INDICES) -> Case:
    """STABLEHLO_CASE, invoked for one number after the other."""
    b = ModelBuilder()
    g = b.subgraph("main")
    inputs = subgraphs.inputs(g, [np.zeros(1, np.int32), *values])
    options = StablehloCaseOptions(tuple(subgraphs.subgraph(b, values, body) for body in bodies))
    g.operator(BuiltinOperator.STABLEHLO_CASE, inputs, subgraphs.results(g, values), options)
    return Case(b.build(), [[np.array([index], np.int32), *values] for index in indices], RESOLVER)


def vectors() -> list[Array]:
    return [np.array([1, 2], np.float32), np.array([10, 20], np.float32)]


@st.composite
def switches(draw: st.DrawFn) -> Case:
    bodies = draw(st.lists(st.sampled_from(BODIES), min_size=1, max_size=4))
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    letter = draw(st.sampled_from(["f32", "i32", "i64"]))
    return switch(bodies, [elements(rng, letter, shape) for _ in range(draw(st.integers(1, 3)))])


@settings(max_examples=40, deadline=None)
@given(switches())
def test_agrees(subject: Case) -> None:
    agree(subject)


def test_each_branch_may_have_its_shape() -> None:
    subject = switch([subgraphs.grown, subgraphs.same], vectors(), (0, 1))
    shapes = [output.shape for output in evaluate(subject.model, subject.inputs, kernels=False)]
    assert shapes == [(4,), (2,), (2,), (2,)]


def golden_cases() -> dict[str, Case]:
    return {"all": switch(BODIES, vectors())}


def test_golden() -> None:
    agrees_with_golden("stablehlo_case")


def test_refuses() -> None:
    subject = switch([], vectors(), (0,))
    with pytest.raises(PrepareError, match=r"at least one branch[\s\S]*\(STABLEHLO_CASE\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
