from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from pytflite.errors import PrepareError
from tests.ops.custom.spectra import LENGTHS, TYPES, transform, transforms
from tests.ops.custom.tflm import Signal, agree
from tests.ops.harness import agrees_with_golden, evaluate

CODE = "SignalIrfft"


@settings(max_examples=60, deadline=None)
@given(transforms(CODE))
def test_agrees(subject: Signal) -> None:
    agree(subject)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("letter", TYPES)
def test_every_length_agrees(letter: str, length: int) -> None:
    agree(transform(CODE, letter, length, length))


def golden_cases() -> dict[str, Signal]:
    return {f"{letter}_{length}": transform(CODE, letter, length, 0) for letter in TYPES for length in (32, 60, 512)}


def test_golden() -> None:
    agrees_with_golden("custom/signal_irfft")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"length": 7}, "fft_length is 7, even numbers are accepted"),
        ({"length": 14}, "fft_length is 14, even numbers are accepted of which half is a product of 2, 3 and 5"),
        ({"length": 2}, "Custom option 'fft_length' is 2, an integer from 4"),
        ({"length": 8, "given": 11}, "must have"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = transform(CODE, "i16", seed=0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*\({CODE}\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
