from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from tests.ops.custom.spectra import TYPES, numbers
from tests.ops.custom.tflm import Signal, agree, signal
from tests.ops.harness import agrees_with_golden, evaluate

LETTERS = ["i16", "f32"]


def overlap_add(
    seed: int, letter: str, *, size: int = 5, step: int = 2, frames: int = 3, rows: tuple[int, ...] = (2,)
) -> Signal:
    """Frames one after the other."""
    rng = np.random.default_rng(seed)
    values = [[numbers(rng, letter, *rows, frames, size)] for _ in range(3)]
    options = {"T": int(TYPES[letter]), "frame_step": step}
    return signal("SignalOverlapAdd", values, [((*rows, frames * step), letter)], options)


@st.composite
def overlaps(draw: st.DrawFn) -> Signal:
    size = draw(st.integers(1, 9))
    return overlap_add(
        draw(st.integers(0, 2**32)),
        draw(st.sampled_from(LETTERS)),
        size=size,
        step=draw(st.integers(1, size)),
        frames=draw(st.integers(1, 4)),
        rows=tuple(draw(st.lists(st.integers(1, 3), max_size=2))),
    )


@settings(max_examples=60, deadline=None)
@given(overlaps())
def test_agrees(subject: Signal) -> None:
    agree(subject)


def golden_cases() -> dict[str, Signal]:
    return {letter: overlap_add(0, letter) for letter in LETTERS}


def test_golden() -> None:
    agrees_with_golden("custom/signal_overlap_add")


@pytest.mark.parametrize("step", [0, 6])
def test_refuses(step: Any) -> None:
    subject = overlap_add(0, "i16", step=step)
    with pytest.raises(
        PrepareError, match=rf"'frame_step' is {step}, an integer from 1 to 5[\s\S]*OverlapAdd\) failed"
    ):
        evaluate(subject.model, subject.inputs, kernels=False)
