"""Hybrid operators: float32 rows that are quantized to 8 bits when they arrive, for weights that are integers.

Every kernel of tf.lite, the reference ones too, calls ``tensor_utils`` for this. On x86 that is NEON code emulated with
SSE: whole groups of 8 values in a row are rounded otherwise than the rest of it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.activation import BOUNDS
from pytflite.arithmetic.eigen import tanh
from pytflite.arithmetic.rounding import INT32_MAX, round_half_away, truncate_to_int32, wrap_int32

Array = npt.NDArray[Any]

GROUP = 8
"""Values that the emulated NEON code rounds at once."""

BLOCK = 16
"""Columns of weights that the SSE code multiplies at once."""

LANES = 8
"""Sums of 16 bits that the SSE code keeps of a row of weights."""


class QuantizedRows(NamedTuple):
    """Rows of 8-bit codes: ``real = scale * (code - zero_point)``.

    Attributes:
        codes: int8, (rows, depth).
        scale: float32, (rows).
        zero_point: int32, (rows), zeros where the rows were quantized symmetrically.
    """

    codes: Array
    scale: Array
    zero_point: Array


def quantize_rows(values: Array, *, asymmetric: bool) -> QuantizedRows:
    """Quantize every row by its own range (``BatchQuantizeFloats``, portable_tensor_utils.h).

    Args:
        values: float32, (rows, depth), finite: what the real code makes of others is undefined in C++.
        asymmetric: the operator's ``asymmetric_quantize_inputs``.
    """
    with np.errstate(all="ignore"):
        return quantize_rows_asymmetric(values) if asymmetric else quantize_rows_symmetric(values)


def quantize_rows_half_even(values: Array) -> QuantizedRows:
    """Codes -128..127 over a range that holds 0, rounded half to even, in float32 throughout.

    The zero point is taken from the end of the range where it comes out more precisely; ``scale`` is one over the
    factor that values are multiplied by.

    Args:
        values: float32, (rows, depth), finite.

    Source: ``xnn_f32_qd8_asymmetric_quantization_params`` (XNNPACK, quantization.h), ``src/f32-qs8-vcvt``.
    """
    low, high = values.min(axis=1, initial=0), values.max(axis=1, initial=0)
    with np.errstate(all="ignore"):
        factor = np.where(low == high, np.float32(1), np.float32(255) / (high - low))
        below, above = low * factor, high * factor
        from_low = (np.float32(-128) + below) + (np.float32(127) + above) > 0
        exact = np.where(from_low, np.float32(-128) - below, np.float32(127) - above)
        zero_point = np.rint(np.clip(exact, -128, 127)).astype(np.int32)
        rounded = np.rint(values * factor[:, np.newaxis]) + zero_point[:, np.newaxis]
        codes = np.clip(rounded, -128, 127).astype(np.int8)
        return QuantizedRows(codes, np.float32(1) / factor, zero_point)


def quantize_rows_symmetric(values: Array) -> QuantizedRows:
    """Codes -127..127, zero point 0 (``NeonSymmetricQuantizeFloats``, neon_tensor_utils.cc)."""
    reach = np.abs(values).max(axis=1, initial=0)
    empty = reach == 0
    scale = np.where(empty, np.float32(1), reach / np.float32(127))
    inverse = np.where(empty, np.float32(0), np.float32(127) / reach)
    codes = np.clip(round_in_groups(values * inverse[:, np.newaxis]), -127, 127)
    return QuantizedRows(codes.astype(np.int8), scale, np.zeros(len(values), np.int32))


def quantize_rows_asymmetric(values: Array) -> QuantizedRows:
    """Codes -128..127 over a range that holds 0 (``NeonAsymmetricQuantizeFloats``, neon_tensor_utils.cc).

    The zero point is taken from the end of the range where it comes out more precisely.
    """
    low, high = values.min(axis=1, initial=0), values.max(axis=1, initial=0)
    empty = low == high
    exact_scale = (high - low).astype(np.float64) / 255
    below, above = low / exact_scale, high / exact_scale
    exact_zero_point = np.where(128 + np.abs(below) < 127 + np.abs(above), -128 - below, 127 - above)
    zero_point = np.clip(round_half_away(exact_zero_point), -128, 127)
    zero_point = np.where(empty, 0, zero_point).astype(np.int32)
    scale = np.where(empty, 1, exact_scale).astype(np.float32)
    inverse = np.where(scale == 0, 0, 1 / scale.astype(np.float64)).astype(np.float32)
    rounded = round_in_groups(values * inverse[:, np.newaxis])
    codes = np.clip(wrap_int32(rounded + zero_point[:, np.newaxis]), -128, 127)
    return QuantizedRows(codes.astype(np.int8), scale, zero_point)


def round_in_groups(scaled: Array) -> Array:
    """Nearest int32 values, as int64: of whole groups of 8 in a row by adding a half and truncating, else exactly.

    The sum is rounded to float32, so that 0.49999997 becomes 1 in a group and 0 after the last one.
    """
    whole = scaled.shape[1] // GROUP * GROUP
    grouped, rest = scaled[:, :whole], scaled[:, whole:]
    shifted = grouped + np.where(grouped < 0, np.float32(-0.5), np.float32(0.5))
    saturated = np.where(shifted >= 2.0**31, INT32_MAX, truncate_to_int32(shifted))
    return np.concatenate([saturated, truncate_to_int32(round_half_away(rest))], axis=1)


def activate(values: Array, activation: str) -> Array:
    """A fused activation as ``ApplyActivationToVector`` has it (tensor_utils.h), rather than as a clamp.

    Args:
        values: float32, any shape. Infinity passes an open end; NaN becomes the lower bound, if there is one.
        activation: name of an ``ActivationFunctionType``.

    Returns:
        float32, the same shape.
    """
    if activation == "NONE":
        return values
    if activation == "TANH":
        return tanh(values)
    if activation == "SIGN_BIT":
        return np.signbit(values).astype(np.float32)
    low, high = np.array(BOUNDS[activation], np.float32)
    capped = np.where(high < values, high, values)
    return np.where(low < capped, capped, low)
