from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from pytflite.errors import PrepareError
from pytflite.ops.tanh import OP
from pytflite.schema.enums import BuiltinOperator
from tests.ops.activations import activation, activations, every_value, unit
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import kinds

LETTERS = [kind[0] for kind in kinds(OP)]


def tanh(letter: str, seed: int, **options: Any) -> Case:
    after = options.pop("after", unit(letter, 15 if letter == "i16" else 7))
    return activation(BuiltinOperator.TANH, letter, seed, after=after, **options)


@settings(max_examples=60, deadline=None)
@given(activations(tanh, LETTERS))
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("letter", ["i8", "u8"])
@pytest.mark.parametrize("input_scale", [1e-6, 0.001, 0.02, 0.0625, 0.1, 0.5, 3, 1e38])
def test_every_code_agrees(letter: str, input_scale: float) -> None:
    agree(tanh(letter, 3, value=every_value(letter), input_scale=input_scale))


POWERS_OF_TWO = [2.0**-13, 2.0**-12, 2.0**-12 * 1.0005, 2.0**-12 * 1.0008, 2.0**-11, 2.0**-11 * 0.9994]


@pytest.mark.parametrize("input_scale", [*POWERS_OF_TWO, 1e-14, 1e-9, 1e-5, 0.00031, 1 / 3000, 0.1, 10, 1000])
def test_every_code_of_int16_agrees(input_scale: float) -> None:
    agree(tanh("i16", 0, value=every_value("i16"), input_scale=input_scale))


@pytest.mark.parametrize("letter", ["f16", "bf16"])
def test_every_16_bit_float_agrees(letter: str) -> None:
    agree(tanh(letter, 0, value=every_value(letter)))


def golden_cases() -> dict[str, Case]:
    cases = {letter: tanh(letter, i, shape=(3, 40)) for i, letter in enumerate(LETTERS)}
    return cases | {f"{letter}_every_code": tanh(letter, 9, value=every_value(letter)) for letter in ("i8", "u8")}


def test_golden() -> None:
    agrees_with_golden("tanh")


@pytest.mark.parametrize(
    ("after", "message"),
    [
        ({"scale": 1 / 16384, "zero_point": 0}, "The scale of output .* must be 1/32768"),
        ({"scale": 1 / 32768, "zero_point": 1}, "The zero point of output .* must be 0"),
    ],
)
def test_refuses(after: dict[str, Any], message: str) -> None:
    subject = tanh("i16", 0, after=after)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(TANH\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
