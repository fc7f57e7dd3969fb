from __future__ import annotations

import numpy as np
import pytest

from pytflite.arithmetic.counter_random import philox, threefry

ONES = 2**64 - 1


@pytest.mark.parametrize(
    ("bits", "expected"),
    [
        (0, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
        (ONES, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    ],
)
def test_known_answers_of_philox(bits: int, expected: list[int]) -> None:
    """Of Random123, kat_vectors."""
    number = np.uint64(bits)
    assert philox(number, np.array([number]), number).tolist() == [expected]


@pytest.mark.parametrize(("bits", "expected"), [(0, [0x6B200159, 0x99BA4EFE]), (ONES, [0x1CB996FC, 0xBB002BE7])])
def test_known_answers_of_threefry(bits: int, expected: list[int]) -> None:
    """Of Random123, kat_vectors."""
    number = np.uint64(bits)
    assert threefry(number, np.array([number])).tolist() == [expected]


def test_blocks_do_not_depend_on_each_other() -> None:
    key, counters = np.uint64(7), np.arange(5, dtype=np.uint64)
    np.testing.assert_array_equal(philox(key, counters, key)[3], philox(key, counters[3:4], key)[0])
    np.testing.assert_array_equal(threefry(key, counters)[3], threefry(key, counters[3:4])[0])
