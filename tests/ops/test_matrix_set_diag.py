from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.matrix_set_diag import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import MatrixSetDiagOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, kinds, one_op, shapes

KINDS = kinds(OP)


def diagonal(
    kind: tuple[str, ...], seed: int, *, shape: tuple[int, ...] = (2, 3, 4), length: int | None = None
) -> Case:
    """A MATRIX_SET_DIAG of random elements."""
    rng = np.random.default_rng(seed)
    given = (*shape[:-2], min(shape[-2:]) if length is None else length)
    operands = [Operand(elements(rng, kind[0], part), kind[0]) for part in (shape, given)]
    return one_op(BuiltinOperator.MATRIX_SET_DIAG, operands, [Result(kind[0])], MatrixSetDiagOptions())


@st.composite
def diagonals(draw: st.DrawFn) -> Case:
    return diagonal(draw(st.sampled_from(KINDS)), draw(st.integers(0, 2**32)), shape=draw(shapes(2, 5)))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(diagonal(kind, 0))


@settings(max_examples=60, deadline=None)
@given(diagonals())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {kind[0]: diagonal(kind, i) for i, kind in enumerate(KINDS)}


def test_golden() -> None:
    agrees_with_golden("matrix_set_diag")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"length": 2}, "must have the shape"),
        ({"shape": (3,), "length": 3}, "at least 2 dimensions"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = diagonal(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(MATRIX_SET_DIAG\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
