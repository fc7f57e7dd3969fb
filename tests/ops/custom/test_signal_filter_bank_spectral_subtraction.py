from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pytflite
from pytflite.errors import PrepareError
from tests.ops.custom.tflm import Signal, agree, signal, unsigned
from tests.ops.harness import agrees_with_golden, evaluate

SPEECH = {
    "smoothing": 409,
    "one_minus_smoothing": 15975,
    "alternate_smoothing": 983,
    "alternate_one_minus_smoothing": 15401,
    "smoothing_bits": 10,
    "spectral_subtraction_bits": 14,
    "min_signal_remaining": 819,
    "clamping": False,
}


def subtraction(
    seed: int, *, channels: int = 6, invokes: int = 4, bits: int = 18, count: Any = None, **options: Any
) -> Signal:
    """Several frames one after the other."""
    rng = np.random.default_rng(seed)
    frames = [[unsigned(rng, 32, channels) >> np.uint32(32 - bits)] for _ in range(invokes)]
    results = [((channels,), "u32")] * 2
    named = {**SPEECH, "num_channels": channels if count is None else count, **options}
    return signal("SignalFilterBankSpectralSubtraction", frames, results, named)


@st.composite
def subtractions(draw: st.DrawFn) -> Signal:
    part = st.integers(0, 1 << 14)
    return subtraction(
        draw(st.integers(0, 2**32)),
        channels=draw(st.integers(1, 9)),
        bits=draw(st.integers(1, 32)),
        clamping=draw(st.booleans()),
        smoothing=draw(part),
        one_minus_smoothing=draw(part),
        min_signal_remaining=draw(part),
        smoothing_bits=draw(st.integers(0, 16)),
        spectral_subtraction_bits=draw(st.integers(0, 16)),
    )


@settings(max_examples=60, deadline=None)
@given(subtractions())
def test_agrees(subject: Signal) -> None:
    agree(subject)


def test_a_reset_forgets_the_noise() -> None:
    subject = subtraction(0)
    loaded = pytflite.load(subject.model)
    first = loaded.run(subject.inputs[0][0])
    assert not np.array_equal(loaded.run(subject.inputs[0][0])["out1"], first["out1"])
    loaded.reset()
    np.testing.assert_array_equal(loaded.run(subject.inputs[0][0])["out1"], first["out1"])


def golden_cases() -> dict[str, Signal]:
    return {"speech": subtraction(0), "clamping": subtraction(1, clamping=True), "large": subtraction(2, bits=32)}


def test_golden() -> None:
    agrees_with_golden("custom/signal_filter_bank_spectral_subtraction")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"count": 5}, "must be a vector of num_channels: 5"),
        ({"smoothing_bits": 32}, "Custom option 'smoothing_bits' is 32"),
        ({"clamping": None}, "Custom option 'clamping' is None"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = subtraction(0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*SpectralSubtraction\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
