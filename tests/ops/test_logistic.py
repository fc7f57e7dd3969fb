from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from pytflite.errors import PrepareError
from pytflite.ops.logistic import OP
from pytflite.profiles import TFLM
from pytflite.schema.enums import BuiltinOperator
from tests.ops.activations import activation, activations, every_value, unit
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import kinds

LETTERS = [kind[0] for kind in kinds(OP)]


def logistic(letter: str, seed: int, **options: Any) -> Case:
    after = options.pop("after", unit(letter, 15 if letter == "i16" else 8))
    return activation(BuiltinOperator.LOGISTIC, letter, seed, after=after, **options)


@settings(max_examples=60, deadline=None)
@given(activations(logistic, LETTERS))
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("letter", ["i8", "u8"])
@pytest.mark.parametrize("input_scale", [1e-6, 0.001, 0.02, 0.0625, 0.1, 0.5, 3, 1e38])
def test_every_code_agrees(letter: str, input_scale: float) -> None:
    agree(logistic(letter, 3, value=every_value(letter), input_scale=input_scale))


POWERS_OF_TWO = [2.0**-13, 2.0**-12, 2.0**-12 * 1.0005, 2.0**-12 * 1.0008, 2.0**-11, 2.0**-11 * 0.9994]


@pytest.mark.parametrize("input_scale", [*POWERS_OF_TWO, 1e-14, 1e-9, 1e-5, 0.00031, 1 / 3000, 0.1, 10, 1000])
def test_every_code_of_int16_agrees(input_scale: float) -> None:
    agree(logistic("i16", 0, value=every_value("i16"), input_scale=input_scale))


@pytest.mark.parametrize("letter", ["f16", "bf16"])
def test_every_16_bit_float_agrees(letter: str) -> None:
    agree(logistic(letter, 0, value=every_value(letter)))


def test_a_scalar_in_fixed_point() -> None:
    subject = logistic("i8", 0, shape=())
    results = [evaluate(subject.model, subject.inputs, kernels=kernels, profile=TFLM) for kernels in (False, True)]
    assert np.array_equal(*results)
    assert results[0][0].shape == ()


def golden_cases() -> dict[str, Case]:
    cases = {letter: logistic(letter, i, shape=(3, 40)) for i, letter in enumerate(LETTERS)}
    return cases | {f"{letter}_every_code": logistic(letter, 9, value=every_value(letter)) for letter in ("i8", "u8")}


def test_golden() -> None:
    agrees_with_golden("logistic")


@pytest.mark.parametrize(
    ("letter", "after", "message"),
    [
        ("i8", {"scale": 1 / 255, "zero_point": -128}, "The scale of output .* must be 1/256"),
        ("i16", {"scale": 1 / 32767, "zero_point": 0}, "The scale of output .* must be 1/32768"),
        ("i16", {"scale": 1 / 32768, "zero_point": 1}, "The zero point of output .* must be 0"),
    ],
)
def test_refuses(letter: str, after: dict[str, Any], message: str) -> None:
    subject = logistic(letter, 0, after=after)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(LOGISTIC\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
