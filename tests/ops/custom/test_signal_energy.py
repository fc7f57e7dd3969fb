from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from tests.ops.custom.tflm import Array, Signal, agree, int16, signal
from tests.ops.harness import agrees_with_golden, evaluate


def energy(seed: int, *, count: int = 9, start: int = 0, end: int = 9, extra: int = 0) -> Signal:
    """SignalEnergy from one index to before another."""

    def settle(outputs: list[Array]) -> list[Array]:
        outputs[0][:start], outputs[0][end:] = 0, 0
        return outputs

    spectrum = int16(np.random.default_rng(seed), 2 * count + extra)
    options = {"start_index": start, "end_index": end}
    return signal("SignalEnergy", [[spectrum]], [((count,), "u32")], options, settle=settle)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 20).flatmap(lambda n: st.tuples(st.just(n), *[st.integers(0, n)] * 2)))
def test_agrees(seed: int, sizes: tuple[int, int, int]) -> None:
    count, a, b = sizes
    agree(energy(seed, count=count, start=min(a, b), end=max(a, b)))


def test_what_does_not_count_is_0() -> None:
    subject = energy(0, start=2, end=5)
    (output,) = evaluate(subject.model, subject.inputs, kernels=False)
    assert not output[:2].any()
    assert not output[5:].any()


def golden_cases() -> dict[str, Signal]:
    return {"all": energy(0, count=40, end=40)}


def test_golden() -> None:
    agrees_with_golden("custom/signal_energy")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"extra": 1}, "must be a vector of pairs"),
        ({"end": 10}, "Custom option 'end_index' is 10, an integer from 0 to 9"),
        ({"start": 5, "end": 4}, "Custom option 'start_index' is 5, an integer from 0 to 4"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = energy(0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*\(SignalEnergy\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
