from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.where import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import WhereOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, kinds, one_op, shapes

KINDS = kinds(OP)


def where(kind: tuple[str, ...], seed: int, *, shape: tuple[int, ...] = (3, 4), fed: bool = True) -> Case:
    """A WHERE of random elements, half of them 0."""
    rng = np.random.default_rng(seed)
    drawn = elements(rng, kind[0], shape)
    value = np.where(rng.integers(0, 2, shape), drawn, np.zeros((), drawn.dtype))
    return one_op(BuiltinOperator.WHERE, [Operand(value, kind[0], fed)], [Result("i64")], WhereOptions())


@st.composite
def wheres(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(KINDS))
    return where(kind, draw(st.integers(0, 2**32)), shape=draw(shapes(1, 5)), fed=draw(st.booleans()))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(where(kind, 0))


@settings(max_examples=60, deadline=None)
@given(wheres())
def test_agrees(subject: Case) -> None:
    agree(subject)


def test_agrees_when_the_condition_changes_between_invokes() -> None:
    subject = where(KINDS[0], 0)
    conditions = [np.eye(3, 4, k, bool) for k in (0, 1, 3, 0)]
    agree(Case(subject.model, [[condition] for condition in conditions]))


def golden_cases() -> dict[str, Case]:
    return {kind[0]: where(kind, i) for i, kind in enumerate(KINDS)}


def test_golden() -> None:
    agrees_with_golden("where")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape": ()}, "at least 1 dimension"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = where(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(WHERE\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
