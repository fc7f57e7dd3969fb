"""Random numbers as TensorFlow makes them: the counter-based generator Philox 4x32, ten rounds.

Source: ``tsl/lib/random/philox_random.h``, ``random_distributions_utils.h``; Salmon et al., SC 2011.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic import libm

Array = npt.NDArray[Any]

ROUNDS = 10
MULTIPLIERS = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
KEY_STEPS = 0x9E3779B9, 0xBB67AE85
LOW = np.uint64(0xFFFFFFFF)
BLOCK = 4
"""How many 32-bit numbers come out of one count."""


def rounds(key: int, counter: list[Array]) -> Array:
    """What comes out of counts: (count, 4) uint32, held as uint64.

    Args:
        key: 64 bits.
        counter: the four words of each count, the lowest first, held as uint64.
    """
    x, shift = counter, np.uint64(32)
    keys = [key & 0xFFFFFFFF, key >> 32]
    for _ in range(ROUNDS):
        first, second = MULTIPLIERS[0] * x[0], MULTIPLIERS[1] * x[2]
        x = [
            (second >> shift) ^ x[1] ^ np.uint64(keys[0]),
            second & LOW,
            (first >> shift) ^ x[3] ^ np.uint64(keys[1]),
            first & LOW,
        ]
        keys = [(key + step) % 2**32 for key, step in zip(keys, KEY_STEPS, strict=True)]
    return np.stack(x, axis=1)


class Philox:
    """A stream of random numbers.

    Args:
        seed: 64 bits, the key.
        seed2: 64 bits, the upper half of the 128-bit counter.
    """

    def __init__(self, seed: int, seed2: int) -> None:
        self._key = seed % 2**64
        self._counter = (seed2 % 2**64) << 64

    def skip(self, blocks: int) -> None:
        """Go on without looking."""
        self._counter = (self._counter + blocks) % 2**128

    def blocks(self, count: int) -> Array:
        """The next numbers: (count, 4) uint32, held as uint64."""
        counters = self._counted(count)
        self.skip(count)
        return rounds(self._key, counters)

    def _counted(self, count: int) -> list[Array]:
        """The four words of each count, the lowest first."""
        low, high = self._counter % 2**64, self._counter >> 64
        lows = np.uint64(low) + np.arange(count, dtype=np.uint64)
        highs = np.where(lows < np.uint64(low), np.uint64((high + 1) % 2**64), np.uint64(high))
        return [lows & LOW, lows >> np.uint64(32), highs & LOW, highs >> np.uint64(32)]

    def uniform(self, count: int) -> Array:
        """float32 numbers from 0 to before 1, 23 bits each."""
        return _unit_float(self.blocks(-(-count // BLOCK)).ravel()[:count])

    def normal(self, count: int) -> Array:
        """float32 numbers of a standard normal distribution, by Box and Muller."""
        units = _unit_float(self.blocks(-(-count // BLOCK)).reshape(-1, 2))
        radius = np.sqrt(np.float32(-2) * libm.logf(np.maximum(units[:, 0], np.float32(1e-7))))
        angle = (2 * np.pi * units[:, 1].astype(np.float64)).astype(np.float32)
        pairs = np.stack([libm.sinf(angle) * radius, libm.cosf(angle) * radius], axis=1)
        return pairs.ravel()[:count]

    def uniform_doubles(self, count: int) -> Array:
        """float64 numbers from 0 to before 1, 52 bits each."""
        words = self.blocks(-(-count // 2)).reshape(-1, 2)
        bits = np.uint64(1023 << 52) | ((words[:, 0] & np.uint64(0xFFFFF)) << np.uint64(32)) | words[:, 1]
        return (bits.view(np.float64) - 1)[:count]


def _unit_float(words: Array) -> Array:
    bits = (words & np.uint64(0x7FFFFF)) | np.uint64(127 << 23)
    floats: Array = bits.astype(np.uint32).view(np.float32) - np.float32(1)
    return floats
