from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.matrix_diag import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import MatrixDiagOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, kinds, one_op, shapes

KINDS = kinds(OP)


def diagonal(kind: tuple[str, ...], seed: int, *, shape: tuple[int, ...] = (2, 3)) -> Case:
    """A MATRIX_DIAG of random elements."""
    operand = Operand(elements(np.random.default_rng(seed), kind[0], shape), kind[0])
    return one_op(BuiltinOperator.MATRIX_DIAG, [operand], [Result(kind[0])], MatrixDiagOptions())


@st.composite
def diagonals(draw: st.DrawFn) -> Case:
    return diagonal(draw(st.sampled_from(KINDS)), draw(st.integers(0, 2**32)), shape=draw(shapes(1, 5)))


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
    agrees_with_golden("matrix_diag")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape": ()}, "at least 1 dimension"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = diagonal(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(MATRIX_DIAG\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
