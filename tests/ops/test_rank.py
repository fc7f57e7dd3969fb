from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.rank import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import RankOptions
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, Result, elements, kinds, one_op, shapes

KINDS = kinds(OP)


def rank(kind: tuple[str, ...], seed: int, *, shape: tuple[int, ...] = (2, 3)) -> Case:
    """A RANK of random elements."""
    operand = Operand(elements(np.random.default_rng(seed), kind[0], shape), kind[0])
    return one_op(BuiltinOperator.RANK, [operand], [Result("i32")], RankOptions())


@st.composite
def ranks(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(KINDS))
    return rank(kind, draw(st.integers(0, 2**32)), shape=draw(shapes(1 if kind[0] == "str" else 0, 6)))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(rank(kind, 0))


@settings(max_examples=60, deadline=None)
@given(ranks())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {kind[0]: rank(kind, i) for i, kind in enumerate(KINDS) if kind[0] in ("f32", "i4", "i8")}


def test_golden() -> None:
    agrees_with_golden("rank")
