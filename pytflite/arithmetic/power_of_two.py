"""Scales that are powers of two."""

from __future__ import annotations

import numpy as np

from pytflite.arithmetic.libm import logf
from pytflite.arithmetic.rounding import round_half_away, truncate_to_int32


def checked_log2(x: np.float32) -> tuple[int, bool]:
    """The nearest power of two.

    Args:
        x: a positive float32.

    Returns:
        exponent: ``log2(x)``, rounded.
        is_exact: whether ``log2(x)``, computed in float32, is within a thousandth of it.

    Source: ``CheckedLog2``, quantization_util.cc.
    """
    with np.errstate(all="ignore"):
        log2 = logf(np.float32(x)) * (np.float32(1) / logf(np.float32(2)))
        exponent = round_half_away(log2)
        return int(truncate_to_int32(exponent)), bool(np.abs(log2 - exponent) < np.float32(1e-3))
