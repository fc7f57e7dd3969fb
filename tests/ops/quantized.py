"""Random codes and scales for quantized tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

RANGES = {
    "i2": (-2, 1, np.int8),
    "i4": (-8, 7, np.int8),
    "i8": (-128, 127, np.int8),
    "u8": (0, 255, np.uint8),
    "i16": (-32768, 32767, np.int16),
}


def codes(rng: np.random.Generator, letter: str, shape: tuple[int, ...]) -> Array:
    """Random codes over the whole range of a quantized type, its two ends more often than the rest."""
    low, high, dtype = RANGES[letter]
    drawn = rng.integers(low, high + 1, shape)
    ends = rng.choice([low, high], shape)
    return np.where(rng.random(shape) < 0.1, ends, drawn).astype(dtype)


def tie_prone_scale(rng: np.random.Generator, low: float, high: float, count: int | None = None) -> Any:
    """A random float32 scale, or an array of them; one draw in three gives powers of two, so that exact ties abound."""
    scale = np.exp(rng.uniform(np.log(low), np.log(high), count))
    if rng.random() < 1 / 3:
        scale = 2.0 ** np.round(np.log2(scale))
    return np.float32(scale)
