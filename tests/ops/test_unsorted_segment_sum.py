from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import UnsortedSegmentSumOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import fails
from tests.ops.segments import unsorted_arguments, unsorted_segments

segments = partial(unsorted_segments, BuiltinOperator.UNSORTED_SEGMENT_SUM, UnsortedSegmentSumOptions())


@settings(max_examples=60, deadline=None)
@given(unsorted_arguments())
def test_agrees(arguments: dict[str, Any]) -> None:
    agree(segments(**arguments))


@pytest.mark.parametrize("letter", ["f32", "i32"])
def test_agrees_when_ids_change_between_invokes(letter: str) -> None:
    subjects = [segments(letter, seed, shape=(9, 2), segments=seed + 1) for seed in range(3)]
    agree(Case(subjects[0].model, [arrays for subject in subjects for arrays in subject.inputs]))


def golden_cases() -> dict[str, Case]:
    return {
        f"{letter}_{rank}": segments(letter, rank, shape=(6, 4, 5), rank=rank)
        for letter in ("f32", "i32")
        for rank in (1, 2, 3)
    }


def test_golden() -> None:
    agrees_with_golden("unsorted_segment_sum")


def test_refuses() -> None:
    refuses(segments("i64", 0), "i64 i32 i32 -> i64 is not supported")
    refuses(segments("f32", 0, counts=(2,)), "num_segments .* must have one element")
    refuses(segments("f32", 0, segments=-1, fed=False), "must not be negative")


def test_refuses_ids_beyond_the_last_segment() -> None:
    fails(segments("f32", 1, shape=(40, 3), beyond=1), "segment_ids holds 4, it must be below num_segments, 4")
    assert np.max(segments("f32", 1, shape=(40, 3), beyond=1).inputs[0][1]) == 4
