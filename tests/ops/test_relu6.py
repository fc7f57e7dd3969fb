from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from pytflite.errors import PrepareError
from pytflite.ops.relu6 import OP
from pytflite.schema.enums import BuiltinOperator
from tests.ops.activations import activation, activations, every_value
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import kinds

LETTERS = [kind[0] for kind in kinds(OP)]


def relu6(letter: str, seed: int, **options: Any) -> Case:
    return activation(BuiltinOperator.RELU6, letter, seed, **options)


@settings(max_examples=60, deadline=None)
@given(activations(relu6, LETTERS))
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("letter", [letter for letter in LETTERS if letter != "f32"])
@pytest.mark.parametrize("ratio", [0.001, 0.75, 1, 4, 300])
def test_every_code_agrees(letter: str, ratio: float) -> None:
    agree(relu6(letter, 3, value=every_value(letter), input_scale=0.03125, ratio=ratio))


def golden_cases() -> dict[str, Case]:
    cases = {letter: relu6(letter, i, shape=(3, 17)) for i, letter in enumerate(LETTERS)}
    codes = {f"{letter}_every_code": every_value(letter) for letter in ("i8", "u8")}
    return cases | {name: relu6(name[:2], 9, value=value) for name, value in codes.items()}


def test_golden() -> None:
    agrees_with_golden("relu6")


def test_refuses_zero_points_of_int16() -> None:
    subject = relu6("i16", 0, after={"scale": 0.5, "zero_point": 1})
    with pytest.raises(PrepareError, match=r"zero point of output .* must be 0[\s\S]*Node number 0 \(RELU6\)"):
        evaluate(subject.model, subject.inputs, kernels=False)
