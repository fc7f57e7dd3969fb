from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from tests.ops.custom.tflm import Signal, agree, int16, signal
from tests.ops.harness import agrees_with_golden, evaluate


def delay(seed: int, *, length: int = 7, rows: tuple[int, ...] = (2,), size: int = 3) -> Signal:
    """Samples one after the other."""
    rng = np.random.default_rng(seed)
    samples = [[int16(rng, *rows, size)] for _ in range(5)]
    return signal("SignalDelay", samples, [((*rows, size), "i16")], {"delay_length": length})


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 12), st.lists(st.integers(1, 3), max_size=2), st.integers(1, 6))
def test_agrees(seed: int, length: int, rows: list[int], size: int) -> None:
    agree(delay(seed, length=length, rows=tuple(rows), size=size))


def golden_cases() -> dict[str, Signal]:
    return {str(length): delay(length, length=length) for length in (0, 3, 7)}


def test_golden() -> None:
    agrees_with_golden("custom/signal_delay")


def test_refuses() -> None:
    subject = delay(0, length=-1)
    with pytest.raises(PrepareError, match=r"'delay_length' is -1[\s\S]*\(SignalDelay\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
