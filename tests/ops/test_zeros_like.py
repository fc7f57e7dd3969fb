from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.zeros_like import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ZerosLikeOptions
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, Result, elements, kinds, one_op, shapes

KINDS = kinds(OP)


def zeros(kind: tuple[str, ...], seed: int, *, shape: tuple[int, ...] = (2, 3)) -> Case:
    """A ZEROS_LIKE of random elements."""
    operand = Operand(elements(np.random.default_rng(seed), kind[0], shape), kind[0])
    return one_op(BuiltinOperator.ZEROS_LIKE, [operand], [Result(kind[0])], ZerosLikeOptions())


@st.composite
def zeros_cases(draw: st.DrawFn) -> Case:
    return zeros(draw(st.sampled_from(KINDS)), draw(st.integers(0, 2**32)), shape=draw(shapes(0, 6)))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(zeros(kind, 0))


@settings(max_examples=60, deadline=None)
@given(zeros_cases())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {kind[0]: zeros(kind, i) for i, kind in enumerate(KINDS)}


def test_golden() -> None:
    agrees_with_golden("zeros_like")
