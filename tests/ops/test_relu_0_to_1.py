from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from pytflite.errors import PrepareError
from pytflite.ops.relu_0_to_1 import OP
from pytflite.schema.enums import BuiltinOperator
from tests.ops.activations import activation, activations, every_value
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import kinds

LETTERS = [kind[0] for kind in kinds(OP)]


def relu_0_to_1(letter: str, seed: int, **options: Any) -> Case:
    return activation(BuiltinOperator.RELU_0_TO_1, letter, seed, **options)


@settings(max_examples=60, deadline=None)
@given(activations(relu_0_to_1, LETTERS))
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("letter", [letter for letter in LETTERS if letter != "f32"])
@pytest.mark.parametrize("ratio", [0.001, 0.75, 1, 4, 300])
def test_every_code_agrees(letter: str, ratio: float) -> None:
    agree(relu_0_to_1(letter, 3, value=every_value(letter), input_scale=0.03125, ratio=ratio))


def golden_cases() -> dict[str, Case]:
    cases = {letter: relu_0_to_1(letter, i, shape=(3, 17)) for i, letter in enumerate(LETTERS)}
    codes = {f"{letter}_every_code": every_value(letter) for letter in ("i8", "u8")}
    return cases | {name: relu_0_to_1(name[:2], 9, value=value) for name, value in codes.items()}


def test_golden() -> None:
    agrees_with_golden("relu_0_to_1")


def test_refuses_int16() -> None:
    subject = relu_0_to_1("i16", 0)
    with pytest.raises(PrepareError, match=r"i16 -> i16 is not supported[\s\S]*Node number 0 \(RELU_0_TO_1\)"):
        evaluate(subject.model, subject.inputs, kernels=False)
