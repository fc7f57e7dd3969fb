"""Memory that kernels may read and write. NumPy alone."""

from __future__ import annotations

import mmap
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


def to_be_read(array: Array) -> Array:
    """A constant with slack behind it: the array itself where more of a file follows, a copy elsewhere."""
    in_order = array.flags.c_contiguous and array.flags.aligned
    return array if in_order and room_behind(array) >= SLACK else with_slack(array)


def room_behind(array: Array) -> int:
    """How many bytes of a file lie behind an array that is part of it."""
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    content = base.obj if isinstance(base, memoryview) else base
    if not isinstance(content, bytes | mmap.mmap):
        return 0
    whole: Array = np.frombuffer(content, np.uint8)
    return int(whole.ctypes.data + whole.nbytes - array.ctypes.data - array.nbytes)
