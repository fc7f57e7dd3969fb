"""Random numbers as functions of a key and a counter: Philox4x32-10 and Threefry2x32-20.

Source: Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (SC 2011); ``rng_util.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.philox import rounds

Array = npt.NDArray[Any]

MASK = np.uint64(0xFFFFFFFF)
THREEFRY_PARITY = np.uint64(0x1BD11BDA)
THREEFRY_ROTATIONS = (13, 15, 26, 6), (17, 29, 16, 24)


def words(number: Any) -> tuple[Any, Any]:
    """The low and the high 32 bits of uint64 numbers, as uint64."""
    return number & MASK, number >> np.uint64(32)


def philox(key: np.uint64, counters: Array, stream: np.uint64) -> Array:
    """Philox4x32 with 10 rounds.

    Args:
        key: 64 bits.
        counters: uint64, (blocks): the low half of the counter.
        stream: its high half, the same for all blocks.

    Returns:
        uint32, (blocks, 4).
    """
    high = (np.full_like(counters, word) for word in words(stream))
    return rounds(int(key), [*words(counters), *high]).astype(np.uint32)


def threefry(key: np.uint64, counters: Array) -> Array:
    """Threefry2x32 with 20 rounds.

    Args:
        key: 64 bits.
        counters: uint64, (blocks).

    Returns:
        uint32, (blocks, 2).
    """
    k0, k1 = words(key)
    keys = k0, k1, k0 ^ k1 ^ THREEFRY_PARITY
    c0, c1 = words(counters)
    c0, c1 = (c0 + keys[0]) & MASK, (c1 + keys[1]) & MASK
    for turn in range(5):
        for rotation in THREEFRY_ROTATIONS[turn % 2]:
            c0 = (c0 + c1) & MASK
            c1 = rotated(c1, rotation) ^ c0
        c0 = (c0 + keys[(turn + 1) % 3]) & MASK
        c1 = (c1 + keys[(turn + 2) % 3] + np.uint64(turn + 1)) & MASK
    return np.stack([c0, c1], -1).astype(np.uint32)


def rotated(values: Array, bits: int) -> Array:
    """32-bit words, rotated left."""
    return ((values << np.uint64(bits)) | (values >> np.uint64(32 - bits))) & MASK
