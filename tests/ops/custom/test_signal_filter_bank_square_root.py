from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import InvokeError, PrepareError
from tests.ops.custom.tflm import Array, Signal, agree, signal, unsigned
from tests.ops.harness import agrees_with_golden, evaluate

EDGES = [
    *range(10),
    2**32 - 2**16,
    2**32 - 2**16 + 1,
    2**32 - 1,
    2**32,
    2**32 + 2**16,
    2**32 + 2**16 + 1,
    2**64 - 2**32,
    2**64 - 2**32 + 1,
    2**64 - 1,
]


def square_root(numbers: Array, scale_bits: int = 0, *, shape: tuple[int, ...] = ()) -> Signal:
    """SignalFilterBankSquareRoot."""
    bits = np.full(shape, scale_bits, np.int32)
    return signal("SignalFilterBankSquareRoot", [[numbers, bits]], [(numbers.shape, "u32")])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 20), st.integers(0, 31))
def test_agrees(seed: int, size: int, scale_bits: int) -> None:
    agree(square_root(unsigned(np.random.default_rng(seed), 64, size), scale_bits))


def test_rounding_agrees_at_the_edges() -> None:
    agree(square_root(np.array(EDGES, np.uint64)))


def golden_cases() -> dict[str, Signal]:
    return {"edges": square_root(np.array(EDGES, np.uint64)), "scaled": square_root(np.array(EDGES, np.uint64), 3)}


def test_golden() -> None:
    agrees_with_golden("custom/signal_filter_bank_square_root")


def test_refuses() -> None:
    ones = np.ones(2, np.uint64)
    for subject, message in (
        (square_root(ones.reshape(1, 2)), "must be a vector"),
        (square_root(ones, shape=(1,)), "must be a scalar"),
    ):
        with pytest.raises(PrepareError, match=rf"{message}[\s\S]*\(SignalFilterBankSquareRoot\) failed to prepare"):
            evaluate(subject.model, subject.inputs, kernels=False)
    subject = square_root(ones, 32)
    with pytest.raises(InvokeError, match=r"scale_bits is 32, 0 to 31 are accepted"):
        evaluate(subject.model, subject.inputs, kernels=False)
