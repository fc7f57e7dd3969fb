"""Kernels that move bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types

from pytflite.kernels._front import helper
from pytflite.kernels.engine._ir import i8, load, store, vector
from pytflite.kernels.engine.memory import carray, emitted, pointer, put_word, share, word
from pytflite.kernels.engine.words import AXES


@emitted(prefer_literal=True)
def move_bytes(typing: Any, source: Any, target: Any, count: Any) -> Any:
    """As many bytes as a literal says, in one instruction."""
    size = count.literal_value

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        store(b, load(b, arguments[0], vector(i8, size)), arguments[1])
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, count), emit


@helper
def move_run(source: Any, target: Any, count: Any) -> None:
    """Bytes that lie side by side, at least one. What is left at the end is moved together with some before it."""
    rest = np.int64(0)
    if count >= 32:
        for i in range(0, count - 32, 32):
            move_bytes(source + i, target + i, 32)
        rest = count - 32
        move_bytes(source + rest, target + rest, 32)
    elif count >= 16:
        rest = count - 16
        move_bytes(source, target, 16)
        move_bytes(source + rest, target + rest, 16)
    elif count >= 8:
        rest = count - 8
        move_bytes(source, target, 8)
        move_bytes(source + rest, target + rest, 8)
    elif count >= 4:
        rest = count - 4
        move_bytes(source, target, 4)
        move_bytes(source + rest, target + rest, 4)
    else:
        rest = count - 1
        move_bytes(source, target, 1)
        move_bytes(source + count // 2, target + count // 2, 1)
        move_bytes(source + rest, target + rest, 1)


def make_move(mapped: int) -> Callable[..., None]:
    """Runs of bytes, as they are or each byte through a table.

    Words: input, output, bytes of a run, rows (all axes but the innermost), table (256 bytes) or 0; then for each of
    `AXES` axes, from the outermost to the innermost: size, step of the input, step of the output, in bytes.
    """
    inner = 5 + 3 * (AXES - 1)

    def move(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        count, runs, step1, step2 = word(p, 2), word(p, inner), word(p, inner + 1), word(p, inner + 2)
        lower, upper, first, last = np.int64(0), runs, np.int64(0), word(p, 3)
        if last > 1:
            first, last = share(last, part, parts)
        else:
            lower, upper = share(runs, part, parts)
        for row in range(first, last):
            source, target, rest = word(p, 0), word(p, 1), row
            for axis in range(AXES - 2, -1, -1):
                size = word(p, 5 + 3 * axis)
                if size > 1:
                    position = rest % size
                    rest //= size
                    source += position * word(p, 6 + 3 * axis)
                    target += position * word(p, 7 + 3 * axis)
            if mapped:
                table = carray(pointer(word(p, 4), np.uint8), 256)
                for i in range(lower, upper):
                    before = carray(pointer(source + i * step1, np.uint8), count)
                    after = carray(pointer(target + i * step2, np.uint8), count)
                    for k in range(count):
                        after[k] = table[before[k]]
            elif count == 1:
                for i in range(lower, upper):
                    move_bytes(source + i * step1, target + i * step2, 1)
            elif count == 4:
                for i in range(lower, upper):
                    move_bytes(source + i * step1, target + i * step2, 4)
            else:
                for i in range(lower, upper):
                    move_run(source + i * step1, target + i * step2, count)

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


def make_pack(source_kind: str, target_kind: str) -> Callable[..., None]:
    """A matrix (columns, depth) as weights of blocks (`pytflite.kernels.engine.packing`).

    Words: matrix, blocks, columns, depth, steps from column to column and along the depth in bytes, columns of a block,
    how many weights of a column lie side by side, bytes of a block, bytes in front of its weights, what is added.
    """
    element, weight = np.dtype(source_kind).type, np.dtype(target_kind).type
    size = np.dtype(target_kind).itemsize

    def pack(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        columns, depth, column_step, step = word(p, 2), word(p, 3), word(p, 4), word(p, 5)
        width, taps, offset = word(p, 6), word(p, 7), weight(word(p, 10))
        first, last = share((columns + width - 1) // width, part, parts)
        for block in range(first, last):
            lanes = min(width, columns - block * width)
            for k in range(depth):
                source = word(p, 0) + block * width * column_step + k * step
                target = word(p, 1) + block * word(p, 8) + word(p, 9) + (k // taps * width * taps + k % taps) * size
                for lane in range(lanes):
                    before = carray(pointer(source + lane * column_step, element), 1)
                    carray(pointer(target + lane * taps * size, weight), 1)[0] = weight(before[0]) + offset

    return pack


MAKERS: dict[str, Callable[..., Callable[..., None]]] = {
    "move": make_move,
    "gather": make_gather,
    "pick": make_pick,
    "pack": make_pack,
}
