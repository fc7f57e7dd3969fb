from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from pytflite.errors import PrepareError
from pytflite.ops.reduce_all import OP
from pytflite.schema.enums import BuiltinOperator
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import kinds
from tests.ops.reductions import reduction, reductions

LETTERS = [kind[0] for kind in kinds(OP)]


def reduce_all(letter: str, seed: int, **options: Any) -> Case:
    return reduction(BuiltinOperator.REDUCE_ALL, letter, seed, **{"rescales": False} | options)


@pytest.mark.parametrize("letter", LETTERS)
def test_every_kind_agrees(letter: str) -> None:
    agree(reduce_all(letter, 0))


@settings(max_examples=60, deadline=None)
@given(reductions(BuiltinOperator.REDUCE_ALL, LETTERS, rescales=False))
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    cases = {letter: reduce_all(letter, i, shape=(2, 3, 4), axis=(0, 2)) for i, letter in enumerate(LETTERS)}
    return cases | {f"everything_{letter}": reduce_all(letter, 9, axis=(0, 1, 2)) for letter in LETTERS}


def test_golden() -> None:
    agrees_with_golden("reduce_all")


@pytest.mark.parametrize(
    ("letter", "change", "message"),
    [
        ("b", {"axis": (0, 3)}, r"Axis 3 is not in the range \[-3, 3\)"),
        ("i8", {}, "Type combination i8 i32 -> i8 is not supported. Accepted: b i32 -> b"),
    ],
)
def test_refuses(letter: str, change: dict[str, Any], message: str) -> None:
    subject = reduce_all(letter, 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(REDUCE_ALL\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
