"""Memory that kernels may read and write. NumPy alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.kernels.engine import SLACK

Array = npt.NDArray[Any]


def aligned(size: int) -> Array:
    """Zeroed bytes at an address that is a multiple of 64, with slack behind them."""
    whole = np.zeros(size + SLACK + 64, np.uint8)
    start = -whole.ctypes.data % 64
    return whole[start : start + size]


def with_slack(array: Array) -> Array:
    """A copy with slack behind it; strings as they are."""
    if array.dtype.kind == "O":
        return array
    copy: Array = aligned(array.nbytes).view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy
