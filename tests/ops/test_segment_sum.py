from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.segment_sum import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SegmentSumOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

RESOLVER = "BUILTIN_WITHOUT_DEFAULT_DELEGATES"
LETTERS = sorted({kind[0] for kind in kinds(OP)})


def segment_sum(
    letter: str, seed: int, *, shape: tuple[int, ...] = (7, 3), ids: Sequence[int] | None = None, fed: bool = True
) -> Case:
    """A SEGMENT_SUM of random slices; by default of random segments."""
    rng = np.random.default_rng(seed)
    data = elements(rng, letter, shape)
    if ids is None:
        ids = np.concatenate([[0], np.cumsum(rng.integers(0, 2, shape[0]))])[: shape[0]].tolist()
    operands = [Operand(data, letter, fed), integers(ids, fed=fed)]
    return one_op(BuiltinOperator.SEGMENT_SUM, operands, [Result(letter)], SegmentSumOptions())


@st.composite
def segment_sums(draw: st.DrawFn) -> Case:
    letter = draw(st.sampled_from(LETTERS))
    return segment_sum(letter, draw(st.integers(0, 2**32)), shape=draw(shapes(1, 4)), fed=draw(st.booleans()))


@settings(max_examples=60, deadline=None)
@given(segment_sums())
def test_agrees(subject: Case) -> None:
    agree(Case(subject.model, subject.inputs, RESOLVER))


@pytest.mark.parametrize("letter", LETTERS)
def test_agrees_when_ids_change_between_invokes(letter: str) -> None:
    subjects = [segment_sum(letter, seed, shape=(9, 2)) for seed in range(3)]
    agree(Case(subjects[0].model, [arrays for subject in subjects for arrays in subject.inputs], RESOLVER))


def golden_cases() -> dict[str, Case]:
    cases = {letter: segment_sum(letter, i, shape=(12, 2, 3)) for i, letter in enumerate(LETTERS)}
    return {name: Case(subject.model, subject.inputs, RESOLVER) for name, subject in cases.items()}


def test_golden() -> None:
    agrees_with_golden("segment_sum")


def test_refuses() -> None:
    refuses(segment_sum("i64", 0), "i64 i32 -> i64 is not supported")
    refuses(segment_sum("f32", 0, shape=(), ids=0), "at least 1 dimension")
    refuses(segment_sum("f32", 0, ids=[0, 1]), "must be a vector of 7 elements")
    for ids in ([1, 1, 1], [0, 2, 2], [0, 1, 0]):
        refuses(segment_sum("f32", 0, shape=(3,), ids=ids, fed=False), "must begin with 0 and rise by 0 or 1")
