"""Cases of the transforms there and back."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from pytflite.schema.enums import TensorType
from tests.ops.custom.tflm import Array, Signal, int16, signal

TYPES = {"i16": TensorType.INT16, "i32": TensorType.INT32, "f32": TensorType.FLOAT32}
LENGTHS = [4, 6, 8, 10, 12, 16, 18, 20, 24, 30, 32, 40, 50, 60, 64, 90, 128, 240, 512]


def numbers(rng: np.random.Generator, letter: str, *shape: int) -> Array:
    """Numbers of a type; int32 with room for the sums of two, which C leaves open beyond."""
    if letter == "i16":
        return int16(rng, *shape)
    if letter == "i32":
        return rng.integers(-(2**30), 2**30, shape, np.int32) >> int(rng.integers(0, 30))
    return (rng.standard_normal(shape) * 10.0 ** rng.integers(-3, 5)).astype(np.float32)


def transform(
    code: str, letter: str, length: Any, seed: int, *, rows: tuple[int, ...] = (2,), given: int | None = None
) -> Signal:
    """SignalRfft or SignalIrfft."""
    there = code == "SignalRfft"
    sizes = [length, length + 2] if there else [length + 2, length]
    values = numbers(np.random.default_rng(seed), letter, *rows, sizes[0] if given is None else given)
    options = {"T": int(TYPES[letter]), "fft_length": length}
    return signal(code, [[values]], [((*rows, sizes[1]), letter)], options)


@st.composite
def transforms(draw: st.DrawFn, code: str) -> Signal:
    """Of any dtype, length and count of rows; fewer samples than the FFT is long on the way there."""
    length = draw(st.sampled_from(LENGTHS))
    given = draw(st.integers(1, length)) if code == "SignalRfft" and draw(st.booleans()) else None
    rows = tuple(draw(st.lists(st.integers(1, 2), max_size=2)))
    return transform(
        code, draw(st.sampled_from(list(TYPES))), length, draw(st.integers(0, 2**32)), rows=rows, given=given
    )
