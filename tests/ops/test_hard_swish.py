from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.hard_swish import OP
from pytflite.schema.enums import BuiltinOperator
from tests.ops.activations import activation, activations, every_value
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import kinds

LETTERS = [kind[0] for kind in kinds(OP)]


def hard_swish(letter: str, seed: int, **options: Any) -> Case:
    return activation(BuiltinOperator.HARD_SWISH, letter, seed, **options)


@settings(max_examples=60, deadline=None)
@given(activations(hard_swish, LETTERS, ratio=st.floats(0.008, 4)))
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("letter", ["i8", "u8"])
@pytest.mark.parametrize("input_scale", [1e-9, 1e-7, 1e-3, 0.0117, 0.02343, 0.03125, 0.1, 1, 1000])
@pytest.mark.parametrize("ratio", [1 / 127, 0.5, 1, 300, 700, 1e5])
def test_every_code_agrees(letter: str, input_scale: float, ratio: float) -> None:
    """Scales from those whose shifts run over to those where everything saturates."""
    agree(hard_swish(letter, 3, value=every_value(letter), input_scale=input_scale, ratio=ratio))


def golden_cases() -> dict[str, Case]:
    cases = {letter: hard_swish(letter, i, shape=(3, 17)) for i, letter in enumerate(LETTERS)}
    codes = {"value": every_value("i8"), "ratio": 0.6}
    return cases | {f"i8_{scale}": hard_swish("i8", 5, input_scale=scale, **codes) for scale in (1e-8, 0.02, 0.05, 0.4)}


def test_golden() -> None:
    agrees_with_golden("hard_swish")


def test_refuses_a_scale_far_below_the_input_s() -> None:
    subject = hard_swish("i8", 0, ratio=1 / 128)
    with pytest.raises(PrepareError, match=r"must exceed a 128th[\s\S]*Node number 0 \(HARD_SWISH\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
