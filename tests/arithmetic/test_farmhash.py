from __future__ import annotations

import numpy as np
import pytest

from pytflite.arithmetic.farmhash import fingerprint64


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (b"1footrue", -1541654101129638711),
        (b"2applefalse", 2794438866806483259),
        (b"3true", -4880158226897771312),
    ],
)
def test_published_fingerprints(key: bytes, expected: int) -> None:
    """Of BigQuery's FARM_FINGERPRINT, from its documentation."""
    assert fingerprint64(np.frombuffer(key, np.uint8)[np.newaxis]).view(np.int64).tolist() == [expected]


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (1, 0xBE6056EDF5E94B54),
        (3, 0x94A13D22E9EBA49A),
        (4, 0x82BFFD898958E540),
        (7, 0xA2E0BFF20DB0A6A1),
        (8, 0xAD5A13E1E8E93B98),
        (16, 0x0EFD25A0A34156D4),
        (17, 0xBBB6A6F8F20D1F1C),
        (32, 0x1A9D8199972CDF49),
        (33, 0xE8756EC1CB75524E),
        (64, 0xF58504BB53DECC4B),
        (65, 0xC6A3282C3E793DBE),
        (128, 0x1C484C95F0EA5DD3),
        (129, 0xCE8BA3741121083E),
        (300, 0xAA66CE5F3E21DA23),
    ],
)
def test_every_length(length: int, expected: int) -> None:
    """Of TensorFlow 2.21's Fingerprint, method farmhash64."""
    keys = np.stack([np.arange(length), np.full(length, 255)]).astype(np.uint8)
    fingerprints = fingerprint64(keys)
    assert int(fingerprints[0]) == expected
    assert int(fingerprints[1]) != expected


def test_no_bytes() -> None:
    assert fingerprint64(np.empty((2, 0), np.uint8)).tolist() == [0x9AE16A3B2F90404F] * 2
