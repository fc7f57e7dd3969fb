from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from tests.ops.custom.tflm import Signal, agree, int16, signal, unsigned
from tests.ops.harness import agrees_with_golden, evaluate


def pcan(seed: int, *, channels: int = 30, snr_shift: Any = 6, lut: int = 125, falling: bool = False) -> Signal:
    """Signals and estimates of all sizes; a curve that falls as a real one does, or any numbers."""
    rng = np.random.default_rng(seed)
    curve = int16(rng, lut)
    if falling:
        curve = np.sort(np.abs(curve))[::-1].copy()
    arrays = [unsigned(rng, 32, channels), unsigned(rng, 32, channels)]
    return signal("SignalPCAN", [arrays], [((channels,), "u32")], {"snr_shift": snr_shift}, constants=[curve])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(0, 20), st.booleans())
def test_agrees(seed: int, channels: int, snr_shift: int, falling: bool) -> None:
    agree(pcan(seed, channels=channels, snr_shift=snr_shift, falling=falling))


def golden_cases() -> dict[str, Signal]:
    return {"falling": pcan(0, falling=True), "any": pcan(1)}


def test_golden() -> None:
    agrees_with_golden("custom/signal_pcan")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lut": 124}, "must be a vector of at least 125"),
        ({"snr_shift": -1}, "Custom option 'snr_shift' is -1"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = pcan(0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*\(SignalPCAN\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
