from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from pytflite.errors import PrepareError
from pytflite.ops.l2_pool_2d import OP
from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator, Padding
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import kinds
from tests.ops.pools import pool, pools

LETTERS = [kind[0] for kind in kinds(OP)]


def l2_pool_2d(letter: str, seed: int, **options: Any) -> Case:
    return pool(BuiltinOperator.L2_POOL_2D, letter, seed, **options)


@pytest.mark.parametrize("letter", LETTERS)
def test_every_kind_agrees(letter: str) -> None:
    agree(l2_pool_2d(letter, 0))


@settings(max_examples=60, deadline=None)
@given(pools(BuiltinOperator.L2_POOL_2D, LETTERS))
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("letter", LETTERS)
def test_a_large_window_agrees(letter: str) -> None:
    agree(l2_pool_2d(letter, 1, shape=(1, 70, 71, 3), filter_size=(70, 71), padding=Padding.VALID))


def golden_cases() -> dict[str, Case]:
    relu6 = ActivationFunctionType.RELU6
    cases = {f"{letter}_same": l2_pool_2d(letter, i, activation=relu6) for i, letter in enumerate(LETTERS)}
    return cases | {f"{letter}_valid": l2_pool_2d(letter, 7, padding=Padding.VALID) for letter in LETTERS}


def test_golden() -> None:
    agrees_with_golden("l2_pool_2d")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape": (6, 5, 4)}, "input .* must have 4 dimensions"),
        ({"stride": (0, 1)}, "Strides must be positive"),
        ({"filter_size": (9, 9), "padding": Padding.VALID}, "does not fit"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = l2_pool_2d("f32", 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(L2_POOL_2D\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
