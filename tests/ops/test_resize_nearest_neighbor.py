from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from pytflite.errors import PrepareError
from pytflite.ops.resize_nearest_neighbor import OP
from pytflite.schema.enums import BuiltinOperator
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import kinds
from tests.ops.resizes import resize, resizes

LETTERS = [kind[0] for kind in kinds(OP)]


def resize_nearest_neighbor(letter: str, seed: int, **options: Any) -> Case:
    return resize(BuiltinOperator.RESIZE_NEAREST_NEIGHBOR, letter, seed, **options)


@pytest.mark.parametrize("letter", LETTERS)
def test_every_kind_agrees(letter: str) -> None:
    agree(resize_nearest_neighbor(letter, 0))


@settings(max_examples=60, deadline=None)
@given(resizes(BuiltinOperator.RESIZE_NEAREST_NEIGHBOR, LETTERS, both=True))
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("letter", LETTERS)
def test_a_large_image_agrees(letter: str) -> None:
    agree(resize_nearest_neighbor(letter, 1, shape=(1, 33, 129, 2), size=(257, 513), align_corners=True))


def golden_cases() -> dict[str, Case]:
    cases = {letter: resize_nearest_neighbor(letter, i) for i, letter in enumerate(LETTERS)}
    for option in ("align_corners", "half_pixel_centers"):
        cases |= {f"{letter}_{option}": resize_nearest_neighbor(letter, 5, **{option: True}) for letter in LETTERS[:3]}
    return cases


def test_golden() -> None:
    agrees_with_golden("resize_nearest_neighbor")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape": (4, 5, 3)}, "input .* must have 4 dimensions"),
        ({"size": (2, 3, 4)}, "size .* must have 2 elements"),
        ({"shape": (1, 0, 5, 3)}, "input .* has no pixels"),
        ({"size": (2, -1)}, "size .* must not be negative: 2, -1"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = resize_nearest_neighbor("i8", 0, **change)
    with pytest.raises(
        PrepareError, match=rf"{message}[\s\S]*Node number 0 \(RESIZE_NEAREST_NEIGHBOR\) failed to prepare"
    ):
        evaluate(subject.model, subject.inputs, kernels=False)
