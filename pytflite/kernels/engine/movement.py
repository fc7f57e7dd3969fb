"""Kernels that move bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from pytflite.kernels.engine.memory import pointer, put_word, share, word
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


def make_gather(size: int) -> Callable[..., None]:
    """Runs of bytes, each from a place of its own, one behind the other.

    Words: input, output, bytes of a run, runs, their places (int32, in bytes; below 0 stands for what fills), and as
    many bytes that fill. Runs of ``size`` bytes are copied at once; 0 stands for all others.
    """
    bits = np.dtype(f"u{size or 1}").type

    def gather(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        count, places = word(p, 2), carray(pointer(word(p, 4), np.int32), word(p, 3))
        first, last = share(word(p, 3), part, parts)
        for run in range(first, last):
            place = np.int64(places[run])
            source = word(p, 0) + place if place >= 0 else word(p, 5)
            before = carray(pointer(source, bits), count)
            after = carray(pointer(word(p, 1) + run * count, bits), count)
            if size:
                after[0] = before[0]
            else:
                for i in range(count):
                    after[i] = before[i]

    return gather


def make_pick(index_bytes: int) -> Callable[..., None]:
    """Slices along the middle of (batches, outer, size, inner), picked by numbers, which each batch has its own of.

    Words: input, output, numbers, batches, outer, size, how many numbers in a batch, bytes of inner, and a word that is
    set where there is no such slice.
    """
    index = np.dtype(f"i{index_bytes}").type

    def pick(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        outer, size, wanted, count = word(p, 4), word(p, 5), word(p, 6), word(p, 7)
        numbers = carray(pointer(word(p, 2), index), word(p, 3) * wanted)
        first, last = share(word(p, 3) * outer * wanted, part, parts)
        for run in range(first, last):
            line, k = run // wanted, run % wanted
            number = np.int64(numbers[line // outer * wanted + k])
            if number < 0 or number >= size:
                put_word(word(p, 8), 0, 1)
                continue
            before = carray(pointer(word(p, 0) + (line * size + number) * count, np.uint8), count)
            after = carray(pointer(word(p, 1) + run * count, np.uint8), count)
            for i in range(count):
                after[i] = before[i]

    return pick


MAKERS: dict[str, Callable[..., Callable[..., None]]] = {"move": make_move, "gather": make_gather, "pick": make_pick}
