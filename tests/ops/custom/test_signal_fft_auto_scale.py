from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from tests.ops.custom.tflm import Array, Signal, agree, int16, signal
from tests.ops.harness import agrees_with_golden, evaluate


def scaled(samples: Array) -> Signal:
    """SignalFftAutoScale of some samples."""
    return signal("SignalFftAutoScale", [[samples]], [(samples.shape, "i16"), ((), "i32")])


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 30), st.integers(0, 15))
def test_agrees(seed: int, size: int, shift: int) -> None:
    agree(scaled(int16(np.random.default_rng(seed), size) >> shift))


@pytest.mark.parametrize(
    "samples",
    [
        [0, 0],
        [1],
        [-1],
        [-32768],
        [32767, -32768],
        [-32768, 5],
        [-32768, -5],
        [-32768, -5, -5],
        [-32768, -7, 3],
        [-5, -32768],
    ],
)
def test_the_largest_magnitude_is_looked_for_in_16_bits(samples: list[int]) -> None:
    agree(scaled(np.array(samples, np.int16)))


def golden_cases() -> dict[str, Signal]:
    soft = int16(np.random.default_rng(0), 40) >> 9
    return {"soft": scaled(soft), "wrapped": scaled(np.array([-32768, -5, -5, 7], np.int16))}


def test_golden() -> None:
    agrees_with_golden("custom/signal_fft_auto_scale")


def test_refuses() -> None:
    subject = scaled(np.zeros((2, 3), np.int16))
    with pytest.raises(PrepareError, match=r"must be a vector[\s\S]*\(SignalFftAutoScale\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
