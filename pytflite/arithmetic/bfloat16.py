"""bfloat16, which NumPy lacks: the upper half of a float32, held as its bits in uint16."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def bfloat16_to_float32(bits: Array) -> Array:
    """The numbers that uint16 bits stand for, exactly, as float32."""
    return (bits.astype(np.uint32) << np.uint32(16)).view(np.float32)


def float32_to_bfloat16(values: Array) -> Array:
    """The uint16 bits nearest to float32 numbers, ties to even (``float_to_bfloat16_rtne``, Eigen).

    NaN becomes the quiet NaN of its sign.
    """
    bits = values.view(np.uint32)
    rounded = ((bits.astype(np.uint64) + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)
    return np.where(np.isnan(values), np.where(np.signbit(values), 0xFFC0, 0x7FC0), rounded).astype(np.uint16)
