"""Kernels that move bytes from one strided array to another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from pytflite.kernels.engine.memory import pointer, share, word
from pytflite.kernels.engine.words import AXES

carray: Any = numba.carray  # type: ignore[attr-defined]


def make_move(mapped: int) -> Callable[..., None]:
    """Runs of bytes, one after the other, as they are or each through a table.

    Words: input, output, bytes of a run, runs, table (256 bytes) or 0; then for each of `AXES` axes, from the outermost
    to the innermost: size, step of the input, step of the output, in bytes.
    """

    def move(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        count = word(p, 2)
        first, last = share(word(p, 3), part, parts)
        for run in range(first, last):
            source, target, rest = word(p, 0), word(p, 1), run
            for axis in range(AXES - 1, -1, -1):
                size = word(p, 5 + 3 * axis)
                if size > 1:
                    position = rest % size
                    rest //= size
                    source += position * word(p, 6 + 3 * axis)
                    target += position * word(p, 7 + 3 * axis)
            before, after = carray(pointer(source, np.uint8), count), carray(pointer(target, np.uint8), count)
            if mapped:
                table = carray(pointer(word(p, 4), np.uint8), 256)
                for i in range(count):
                    after[i] = table[before[i]]
            else:
                for i in range(count):
                    after[i] = before[i]

    return move
