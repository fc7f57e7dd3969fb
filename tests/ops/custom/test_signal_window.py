from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from tests.ops.custom.tflm import Signal, agree, int16, signal
from tests.ops.harness import agrees_with_golden, evaluate


def window(seed: int, *, windows: int = 2, size: int = 7, shift: Any = 12, extra: int = 0) -> Signal:
    """Samples of several windows, and the weights of one."""
    rng = np.random.default_rng(seed)
    samples = int16(rng, windows, size + extra)
    return signal("SignalWindow", [[samples]], [(samples.shape, "i16")], {"shift": shift}, constants=[int16(rng, size)])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 3), st.integers(1, 20), st.integers(0, 16))
def test_agrees(seed: int, windows: int, size: int, shift: int) -> None:
    agree(window(seed, windows=windows, size=size, shift=shift))


def golden_cases() -> dict[str, Signal]:
    return {"shift12": window(0, size=30), "shift0": window(1, size=30, shift=0)}


def test_golden() -> None:
    agrees_with_golden("custom/signal_window")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"extra": 1}, "must hold whole windows of 7 samples"),
        ({"shift": 32}, "Custom option 'shift' is 32, an integer from 0 to 31 is accepted"),
        ({"shift": "12"}, "Custom option 'shift' is '12'"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = window(0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(SignalWindow\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
