"""FarmHash's ``Fingerprint64`` of many keys of one length.

Source: FarmHash (``farmhashna::Hash64``), described at https://github.com/google/farmhash.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Pair = tuple[Array, Array]

K0, K1, K2 = np.uint64(0xC3A5C85C97CB3127), np.uint64(0xB492B66FBE98F273), np.uint64(0x9AE16A3B2F90404F)


def fingerprint64(keys: Array) -> Array:
    """Fingerprints.

    Args:
        keys: uint8, (count, length).

    Returns:
        uint64, (count).
    """
    length = keys.shape[1]
    if length <= 16:
        return _up_to_16(keys)
    if length <= 32:
        return _up_to_32(keys)
    return _up_to_64(keys) if length <= 64 else _beyond_64(keys)


def _fetch(keys: Array, start: int, width: int = 8) -> Array:
    """A little-endian number of each key, from a byte on; from the back where negative."""
    start %= keys.shape[1]
    fetched = np.ascontiguousarray(keys[:, start : start + width]).view(f"<u{width}")[:, 0]
    return fetched.astype(np.uint64)


def _rotate(values: Array, bits: int) -> Array:
    rotated: Array = (values >> np.uint64(bits)) | (values << np.uint64(64 - bits))
    return rotated


def _mix(values: Array) -> Array:
    mixed: Array = values ^ (values >> np.uint64(47))
    return mixed


def _combine(first: Array, second: Array, factor: Any) -> Array:
    mixed = _mix((first ^ second) * factor)
    combined: Array = _mix((second ^ mixed) * factor) * factor
    return combined


def _up_to_16(keys: Array) -> Array:
    length = np.uint64(keys.shape[1])
    factor = K2 + length * np.uint64(2)
    if length >= 8:
        a, b = _fetch(keys, 0) + K2, _fetch(keys, -8)
        return _combine(_rotate(b, 37) * factor + a, (_rotate(a, 25) + b) * factor, factor)
    if length >= 4:
        return _combine(length + (_fetch(keys, 0, 4) << np.uint64(3)), _fetch(keys, -4, 4), factor)
    if length > 0:
        a, b, c = (_fetch(keys, i, 1) for i in (0, keys.shape[1] // 2, -1))
        return _mix((a + (b << np.uint64(8))) * K2 ^ (length + (c << np.uint64(2))) * K0) * K2
    return np.full(len(keys), K2)


def _halves(keys: Array, factor: Any, first: Any, last: Any) -> tuple[Array, Array]:
    """What the four numbers at both ends of a key are combined to."""
    a, b = _fetch(keys, 0) * first, _fetch(keys, 8)
    c, d = _fetch(keys, -8) * factor, _fetch(keys, -16) * last
    return _rotate(a + b, 43) + _rotate(c, 30) + d, a + _rotate(b + K2, 18) + c


def _up_to_32(keys: Array) -> Array:
    factor = K2 + np.uint64(keys.shape[1] * 2)
    return _combine(*_halves(keys, factor, K1, K2), factor)


def _up_to_64(keys: Array) -> Array:
    factor = K2 + np.uint64(keys.shape[1] * 2)
    y, other = _halves(keys, factor, K2, K2)
    z = _combine(y, other, factor)
    e, f = _fetch(keys, 16) * factor, _fetch(keys, 24)
    g, h = (y + _fetch(keys, -32)) * factor, (z + _fetch(keys, -24)) * factor
    a = _fetch(keys, 0) * K2
    return _combine(_rotate(e + f, 43) + _rotate(g, 30) + h, e + _rotate(f + a, 18) + g, factor)


def _weak(keys: Array, start: int, a: Array, b: Array) -> Pair:
    """32 bytes of each key and two seeds, combined to two numbers."""
    w, x, y, z = (_fetch(keys, start + 8 * i) for i in range(4))
    first = a + w
    second = _rotate(b + first + z, 21)
    total = first + x + y
    return total + z, second + _rotate(total, 44) + first


def _beyond_64(keys: Array) -> Array:
    count, length = keys.shape
    zero = np.zeros(count, np.uint64)
    seed = zero + np.uint64(81)
    y = seed * K1 + np.uint64(113)
    x, z = seed * K2 + _fetch(keys, 0), _mix(y * K2 + np.uint64(113)) * K2
    v, w = (zero, zero), (zero, zero)
    last = (length - 1) // 64 * 64
    for start in range(0, last, 64):
        x, y, z, v, w = _round(keys, start, K1, np.uint64(1), (x, y, z), v, w)
    factor = K1 + ((z & np.uint64(0xFF)) << np.uint64(1))
    total = w[0] + np.uint64((length - 1) % 64)
    v = v[0] + total, v[1]
    w = total + v[0], w[1]
    x, y, z, v, w = _round(keys, length - 64, factor, np.uint64(9), (x, y, z), v, w)
    first = _combine(v[0], w[0], factor) + _mix(y) * K0 + z
    return _combine(first, _combine(v[1], w[1], factor) + x, factor)


def _round(
    keys: Array, start: int, factor: Any, weight: Any, state: tuple[Array, Array, Array], v: Pair, w: Pair
) -> tuple[Array, Array, Array, Pair, Pair]:
    """64 bytes of each key worked into the state."""
    x, y, z = state
    x = _rotate(x + y + v[0] + _fetch(keys, start + 8), 37) * factor ^ w[1] * weight
    y = _rotate(y + v[1] + _fetch(keys, start + 48), 42) * factor + v[0] * weight + _fetch(keys, start + 40)
    z = _rotate(z + w[0], 33) * factor
    v = _weak(keys, start, v[1] * factor, x + w[0])
    w = _weak(keys, start + 32, z + w[1], y + _fetch(keys, start + 16))
    return z, y, x, v, w
