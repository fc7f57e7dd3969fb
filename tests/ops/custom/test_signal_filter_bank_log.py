from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from tests.ops.custom.tflm import Array, Signal, agree, signal, unsigned
from tests.ops.harness import agrees_with_golden, evaluate


def log(numbers: Array, *, bits: Any = 3, scale: Any = 64) -> Signal:
    """SignalFilterBankLog."""
    options = {"input_correction_bits": bits, "output_scale": scale}
    return signal("SignalFilterBankLog", [[numbers]], [(numbers.shape, "i16")], options)


def some(seed: int, size: int = 60) -> Array:
    return unsigned(np.random.default_rng(seed), 32, size)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 31), st.integers(-(2**31), 2**31 - 1) | st.integers(0, 4000))
def test_agrees(seed: int, bits: int, scale: int) -> None:
    agree(log(some(seed), bits=bits, scale=scale))


def test_every_piece_of_the_table_agrees() -> None:
    agree(log(np.arange(1 << 12, 1 << 13, dtype=np.uint32), bits=0, scale=1 << 12))


def golden_cases() -> dict[str, Signal]:
    return {
        "speech": log(some(0)),
        "fine": log(some(1), bits=0, scale=1500),
        "table": log(np.arange(300, dtype=np.uint32)),
    }


def test_golden() -> None:
    agrees_with_golden("custom/signal_filter_bank_log")


@pytest.mark.parametrize(
    ("change", "message"),
    [({"bits": 32}, "'input_correction_bits' is 32"), ({"scale": 0.5}, "'output_scale' is 0.5")],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = log(some(0), **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*\(SignalFilterBankLog\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
