from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import InvokeError, PrepareError
from tests.ops.custom.tflm import Signal, agree, int16, signal, unsigned
from tests.ops.harness import agrees_with_golden, evaluate


def filter_bank(
    seed: int,
    *,
    channels: int = 5,
    frequencies: int = 40,
    weights: int = 50,
    option: Any = None,
    start: int | None = None,
) -> Signal:
    """Channels of random widths at random places."""
    rng = np.random.default_rng(seed)
    widths = rng.integers(0, min(frequencies, weights) // 2, channels + 1).astype(np.int16)
    at = [(rng.random(channels + 1) * (size - widths)).astype(np.int16) for size in (frequencies, weights)]
    if start is not None:
        at[0][-1], widths[-1] = start, 1
    return signal(
        "SignalFilterBank",
        [[unsigned(rng, 32, frequencies)]],
        [((channels,), "u64")],
        {"num_channels": channels if option is None else option},
        constants=[int16(rng, weights), int16(rng, weights), *at, widths],
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 8), st.integers(2, 60), st.integers(2, 60))
def test_agrees(seed: int, channels: int, frequencies: int, weights: int) -> None:
    agree(filter_bank(seed, channels=channels, frequencies=frequencies, weights=weights))


def golden_cases() -> dict[str, Signal]:
    return {str(seed): filter_bank(seed) for seed in range(3)}


def test_golden() -> None:
    agrees_with_golden("custom/signal_filter_bank")


def test_refuses() -> None:
    subject = filter_bank(0, option=4)
    with pytest.raises(PrepareError, match=r"num_channels \+ 1: 5[\s\S]*\(SignalFilterBank\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
    for start in (-1, 40):
        subject = filter_bank(0, start=start)
        with pytest.raises(InvokeError, match=r"Channel 5 reaches past the energies[\s\S]*\(SignalFilterBank\)"):
            evaluate(subject.model, subject.inputs, kernels=False)
