from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.leaky_relu import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import LeakyReluOptions
from tests.ops.activations import activation, activations, every_value
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import kinds

LETTERS = [kind[0] for kind in kinds(OP)]
ALPHAS = [0.0, 0.1, 0.3, 0.25, 1.0, 3.0, -0.5, -0.3, -2.0]


def leaky_relu(letter: str, seed: int, *, alpha: float = 0.3, **options: Any) -> Case:
    return activation(BuiltinOperator.LEAKY_RELU, letter, seed, options=LeakyReluOptions(alpha=alpha), **options)


@settings(max_examples=60, deadline=None)
@given(activations(leaky_relu, LETTERS, alpha=st.sampled_from(ALPHAS)))
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("letter", [letter for letter in LETTERS if letter != "f32"])
@pytest.mark.parametrize("alpha", ALPHAS)
def test_every_code_agrees(letter: str, alpha: float) -> None:
    agree(leaky_relu(letter, 3, alpha=alpha, value=every_value(letter), input_scale=0.25, ratio=1))


def golden_cases() -> dict[str, Case]:
    cases = {letter: leaky_relu(letter, i, shape=(3, 17)) for i, letter in enumerate(LETTERS)}
    ties = {"value": every_value("i8"), "input_scale": 0.25, "ratio": 1}
    return cases | {f"ties_{alpha}": leaky_relu("i8", 5, alpha=alpha, **ties) for alpha in (0.5, -0.5)}


def test_golden() -> None:
    agrees_with_golden("leaky_relu")


def test_refuses_zero_points_of_int16() -> None:
    subject = leaky_relu("i16", 0, after={"scale": 0.5, "zero_point": 1})
    with pytest.raises(PrepareError, match=r"zero point of output .* must be 0[\s\S]*Node number 0 \(LEAKY_RELU\)"):
        evaluate(subject.model, subject.inputs, kernels=False)
