from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from tests.ops.custom.tflm import Array, Signal, agree, int16, signal
from tests.ops.harness import agrees_with_golden, evaluate


def stacker(
    seed: int, *, channels: int = 3, left: int = 2, right: int = 1, step: int = 2, invokes: int = 7, count: Any = None
) -> Signal:
    """Frames one after the other."""

    def settle(outputs: list[Array]) -> list[Array]:
        return outputs if outputs[1] else [np.zeros_like(outputs[0]), outputs[1]]

    rng = np.random.default_rng(seed)
    options = {
        "num_channels": channels if count is None else count,
        "stacker_left_context": left,
        "stacker_right_context": right,
        "stacker_step": step,
    }
    results = [((channels * (left + right + 1),), "i16"), ((), "b")]
    frames = [[int16(rng, channels)] for _ in range(invokes)]
    return signal("SignalStacker", frames, results, options, settle=settle)


@st.composite
def stackers(draw: st.DrawFn) -> Signal:
    left, right = draw(st.integers(0, 4)), draw(st.integers(0, 4))
    return stacker(
        draw(st.integers(0, 2**32)),
        channels=draw(st.integers(1, 5)),
        left=left,
        right=right,
        step=draw(st.integers(1, left + right + 1)),
    )


@settings(max_examples=60, deadline=None)
@given(stackers())
def test_agrees(subject: Signal) -> None:
    agree(subject)


def golden_cases() -> dict[str, Signal]:
    return {"no_right_context": stacker(0, right=0, step=1)}


def test_golden() -> None:
    agrees_with_golden("custom/signal_stacker")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"count": 4}, "must be a vector of num_channels: 4"),
        ({"step": 5}, "Custom option 'stacker_step' is 5, an integer from 1 to 4"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = stacker(0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*\(SignalStacker\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
