from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from flatbuffers import flexbuffers
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.build import ModelBuilder
from pytflite.errors import PrepareError
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import StableHLOCompositeOptions
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


def composite(body: subgraphs.Body, values: list[Array]) -> Case:
    """STABLEHLO_COMPOSITE of a name that no kernel has, invoked twice."""
    b = ModelBuilder()
    g = b.subgraph("main")
    options = StableHLOCompositeOptions(
        name="test.composite",
        decomposition_subgraph_index=subgraphs.subgraph(b, values, body),
        composite_attributes=bytes(flexbuffers.Dumps({"epsilon": 1e-6})),
    )
    inputs = subgraphs.inputs(g, values)
    g.operator(BuiltinOperator.STABLEHLO_COMPOSITE, inputs, subgraphs.results(g, values, known=False), options)
    return Case(b.build(), [values, values])


def vectors() -> list[Array]:
    return [np.array([1, 2], np.float32), np.array([10, 20], np.float32)]


@st.composite
def composites(draw: st.DrawFn) -> Case:
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    letter = draw(st.sampled_from(["f32", "i32", "i64"]))
    values = [elements(rng, letter, shape) for _ in range(draw(st.integers(1, 3)))]
    return composite(draw(st.sampled_from(BODIES)), values)


@settings(max_examples=40, deadline=None)
@given(composites())
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("body", BODIES)
def test_every_body_agrees(body: subgraphs.Body) -> None:
    agree(composite(body, vectors()))


def golden_cases() -> dict[str, Case]:
    return {body.__name__: composite(body, vectors()) for body in BODIES}


def test_golden() -> None:
    agrees_with_golden("stablehlo_composite")


def test_refuses() -> None:
    subject = composite(subgraphs.same, [])
    with pytest.raises(PrepareError, match=r"at least one input[\s\S]*\(STABLEHLO_COMPOSITE\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
