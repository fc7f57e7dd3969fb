from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from pytflite.errors import PrepareError
from pytflite.ops.reduce_prod import OP
from pytflite.schema.enums import BuiltinOperator
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import kinds
from tests.ops.reductions import reduction, reductions

LETTERS = sorted({kind[0] for kind in kinds(OP)})
QUANTIZED = ["i8", "i16"]


def reduce_prod(letter: str, seed: int, **options: Any) -> Case:
    return reduction(BuiltinOperator.REDUCE_PROD, letter, seed, **options)


@pytest.mark.parametrize("letter", LETTERS)
def test_every_kind_agrees(letter: str) -> None:
    agree(reduce_prod(letter, 0, quantized=False))


@settings(max_examples=60, deadline=None)
@given(reductions(BuiltinOperator.REDUCE_PROD, [letter for letter in LETTERS if letter != "b"], quantized=False))
def test_agrees(subject: Case) -> None:
    agree(subject)


@settings(max_examples=20, deadline=None)
@given(reductions(BuiltinOperator.REDUCE_PROD, ["b"], fed_input=True))
def test_bool_agrees_unless_constant(subject: Case) -> None:
    agree(subject)


@settings(max_examples=60, deadline=None)
@given(reductions(BuiltinOperator.REDUCE_PROD, QUANTIZED, empty=False, fed_input=True))
def test_quantized_agrees_unless_constant_or_empty(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    cases = {
        letter: reduce_prod(letter, i, shape=(2, 3, 4), axis=(0, 2), quantized=False)
        for i, letter in enumerate(LETTERS)
    }
    return cases | {f"quantized_{letter}": reduce_prod(letter, 9, axis=1, shape=(9, 3, 7)) for letter in QUANTIZED}


def test_golden() -> None:
    agrees_with_golden("reduce_prod")


@pytest.mark.parametrize(
    ("letter", "change", "message"),
    [
        ("f32", {"axis": (0, 3)}, r"Axis 3 is not in the range \[-3, 3\)"),
        ("u8", {}, "input .* must not be quantized, or be int8 or int16"),
    ],
)
def test_refuses(letter: str, change: dict[str, Any], message: str) -> None:
    subject = reduce_prod(letter, 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(REDUCE_PROD\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
