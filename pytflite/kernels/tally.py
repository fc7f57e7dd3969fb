"""Counts of 8-bit codes and their range in each channel, compiled: one pass."""

from __future__ import annotations

from typing import Any

from pytflite.kernels._compile import kernel


@kernel
def tally(rows: Any, codes: Any, low: Any, high: Any) -> None:
    """Count what rows hold.

    Args:
        rows: uint8 or int8 (n, channels).
        codes: int64 (2, 256), counts by byte, added to; neighbours go to different rows, so that equal ones don't wait.
        low: (channels,), of the type of rows, lowered to what is seen.
        high: (channels,), raised.
    """
    for i in range(rows.shape[0]):
        for c in range(rows.shape[1]):
            low[c] = min(low[c], rows[i, c])
            high[c] = max(high[c], rows[i, c])
    flat = rows.reshape(rows.size)
    for i in range(flat.size):
        codes[i & 1, flat[i] & 0xFF] += 1
