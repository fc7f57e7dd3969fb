from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from tests.ops.custom.tflm import Array, Signal, agree, int16, signal
from tests.ops.harness import agrees_with_golden, evaluate


def framer(
    seed: int,
    *,
    size: int = 5,
    step: int = 2,
    frames: int = 2,
    prefill: Any = True,
    rows: tuple[int, ...] = (2,),
    invokes: int = 4,
    extra: int = 0,
) -> Signal:
    """Samples that come in steps."""

    def settle(outputs: list[Array]) -> list[Array]:
        return outputs if outputs[1] else [np.zeros_like(outputs[0]), outputs[1]]

    rng = np.random.default_rng(seed)
    samples = [[int16(rng, *rows, frames * step + extra)] for _ in range(invokes)]
    options = {"frame_size": size, "frame_step": step, "prefill": prefill}
    results = [((*rows, frames, size), "i16"), ((), "b")]
    return signal("SignalFramer", samples, results, options, settle=settle)


@st.composite
def framers(draw: st.DrawFn) -> Signal:
    step = draw(st.integers(1, 5))
    return framer(
        draw(st.integers(0, 2**32)),
        step=step,
        size=draw(st.integers(step, 12)),
        frames=draw(st.integers(1, 4)),
        prefill=draw(st.booleans()),
        rows=tuple(draw(st.lists(st.integers(1, 3), max_size=2))),
    )


@settings(max_examples=60, deadline=None)
@given(framers())
def test_agrees(subject: Signal) -> None:
    agree(subject)


def test_frames_that_there_are_not_are_0() -> None:
    subject = framer(0, prefill=False, size=9)
    outputs = evaluate(subject.model, subject.inputs, kernels=False)
    assert [bool(valid) for valid in outputs[1::2]] == [False, False, True, True]
    assert not outputs[0].any()


def golden_cases() -> dict[str, Signal]:
    return {"prefilled": framer(0), "one_row": framer(1, rows=(), size=400, step=160)}


def test_golden() -> None:
    agrees_with_golden("custom/signal_framer")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"extra": 1}, "must have whole steps of 2 samples"),
        ({"step": 6}, "Custom option 'frame_step' is 6, an integer from 1 to 5"),
        ({"prefill": "yes"}, "Custom option 'prefill' is 'yes'"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = framer(0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*\(SignalFramer\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
