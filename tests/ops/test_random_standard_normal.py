from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from pytflite.errors import PrepareError
from pytflite.schema.enums import BuiltinOperator
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.random_numbers import drawn, draws

OPERATOR = BuiltinOperator.RANDOM_STANDARD_NORMAL


@settings(max_examples=60, deadline=None)
@given(draws(OPERATOR))
def test_agrees(subject: Case) -> None:
    agree(subject)


def test_many_agree() -> None:
    agree(drawn(OPERATOR, [(100_003,)] * 2, 1234, 5678))


def test_without_seeds_they_are_others_each_time() -> None:
    subject = drawn(OPERATOR, [(50,)] * 2, 0, 0)
    first, second = evaluate(subject.model, subject.inputs, kernels=False)
    again, _ = evaluate(subject.model, subject.inputs, kernels=False)
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, again)


def golden_cases() -> dict[str, Case]:
    return {"twice": drawn(OPERATOR, [(3, 5)] * 2, 1, 2), "shapes": drawn(OPERATOR, [(3,), (6,), (3,)], 7, fed=True)}


def test_golden() -> None:
    agrees_with_golden("random_standard_normal")


def test_refuses() -> None:
    subject = drawn(OPERATOR, [(3, -1)], 1)
    with pytest.raises(PrepareError, match=r"Shape \[3, -1\] may have no negative entry[\s\S]*failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
