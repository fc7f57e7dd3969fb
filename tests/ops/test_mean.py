from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from pytflite.errors import PrepareError
from pytflite.ops.mean import OP
from pytflite.schema.enums import BuiltinOperator
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import kinds
from tests.ops.reductions import reduction, reductions

LETTERS = [kind[0] for kind in kinds(OP)]


def mean(letter: str, seed: int, **options: Any) -> Case:
    return reduction(BuiltinOperator.MEAN, letter, seed, **options)


@pytest.mark.parametrize("letter", LETTERS)
def test_every_kind_agrees(letter: str) -> None:
    agree(mean(letter, 0))


@settings(max_examples=60, deadline=None)
@given(reductions(BuiltinOperator.MEAN, LETTERS))
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("letter", LETTERS)
def test_many_elements_agree(letter: str) -> None:
    agree(mean(letter, 1, shape=(1, 67, 61, 33), axis=(1, 2)))


def golden_cases() -> dict[str, Case]:
    cases = {letter: mean(letter, i, shape=(2, 7, 5, 3), axis=(1, 2)) for i, letter in enumerate(LETTERS)}
    return cases | {"everything": mean("f32", 9, axis=(0, 1, 2)), "nothing": mean("i8", 8, axis=(), keep_dims=True)}


def test_golden() -> None:
    agrees_with_golden("mean")


@pytest.mark.parametrize(
    ("letter", "change", "message"),
    [
        ("f32", {"axis": (0, 3)}, r"Axis 3 is not in the range \[-3, 3\)"),
        ("i16", {"zero_point": 1}, "The zero point of input .* must be 0"),
    ],
)
def test_refuses(letter: str, change: dict[str, Any], message: str) -> None:
    subject = mean(letter, 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(MEAN\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
