"""Random numbers as functions of a key and a counter: Philox4x32-10 and Threefry2x32-20.

Source: Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (SC 2011); ``rng_util.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

MASK = np.uint64(0xFFFFFFFF)
PHILOX_MULTIPLIERS = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
PHILOX_KEY_STEPS = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
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
    (k0, k1), (c0, c1) = words(key), words(counters)
    c2, c3 = (np.full_like(counters, word) for word in words(stream))
    for _ in range(10):
        (low0, high0), (low1, high1) = words(c0 * PHILOX_MULTIPLIERS[0]), words(c2 * PHILOX_MULTIPLIERS[1])
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0, k1 = (k0 + PHILOX_KEY_STEPS[0]) & MASK, (k1 + PHILOX_KEY_STEPS[1]) & MASK
    return np.stack([c0, c1, c2, c3], -1).astype(np.uint32)


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
