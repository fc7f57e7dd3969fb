"""Rows that are quantized on arrival, compiled: the twins of `arithmetic.hybrid` and of `ops._shared.hybrid`."""

from __future__ import annotations

from typing import Any

import numpy as np

from pytflite.arithmetic.activation import BOUNDS
from pytflite.arithmetic.eigen import TANH_DENOMINATOR, TANH_END, TANH_NUMERATOR
from pytflite.arithmetic.hybrid import BLOCK, GROUP, LANES
from pytflite.kernels._compile import kernel

CLAMPS = tuple(name for name in BOUNDS if name != "NONE")
LOWS, HIGHS = tuple(BOUNDS[name][0] for name in CLAMPS), tuple(BOUNDS[name][1] for name in CLAMPS)
INT32_MIN, INT32_MAX = np.int64(-(1 << 31)), np.int64((1 << 31) - 1)
END = np.float32(TANH_END)


@kernel
def quantize_row(values: Any, asymmetric: bool, codes: Any) -> tuple[Any, Any]:
    """Write int8 codes of a row of float32; its scale and its zero point."""
    low, high = np.float32(0), np.float32(0)
    for value in values:
        low, high = min(low, value), max(high, value)
    if low == high:
        codes[:] = 0
        return np.float32(1), np.int64(0)
    if asymmetric:
        scale, zero_point = asymmetric_range(low, high)
        inverse = np.float32(1 / np.float64(scale)) if scale != 0 else np.float32(0)
    else:
        reach = max(-low, high)
        scale, zero_point = reach / np.float32(127), np.int64(0)
        inverse = np.float32(127) / reach
    lowest = np.int64(-128 if asymmetric else -127)
    whole = len(values) // GROUP * GROUP
    for i in range(len(values)):
        scaled = values[i] * inverse
        rounded = round_by_adding(scaled) if i < whole else round_half_away(scaled)
        code = np.int64(np.int32(rounded + zero_point))
        codes[i] = min(max(code, lowest), np.int64(127))
    return scale, zero_point


@kernel
def asymmetric_range(low: Any, high: Any) -> tuple[Any, Any]:
    """Scale and zero point, the latter from the end of the range where it comes out more precisely."""
    scale = np.float64(high - low) / 255
    below, above = low / scale, high / scale
    zero_point = -128 - below if 128 + abs(below) < 127 + abs(above) else 127 - above
    return np.float32(scale), min(max(round_half_away(zero_point), np.int64(-128)), np.int64(127))


@kernel
def round_by_adding(x: Any) -> Any:
    """Add a half in float32 and truncate; saturates upward."""
    shifted = x + np.float32(-0.5 if x < 0 else 0.5)
    return INT32_MAX if shifted >= 2.0**31 else truncate(np.float64(shifted))


@kernel
def round_half_away(x: Any) -> Any:
    """Nearest integer, ties away from zero."""
    whole = np.trunc(np.float64(x))
    if abs(x - whole) >= 0.5:
        whole += np.copysign(1.0, x)
    return truncate(whole)


@kernel
def truncate(x: Any) -> Any:
    """Toward zero; INT32_MIN for what int32 cannot hold."""
    return np.int64(x) if -2147483649.0 < x < 2147483648.0 else INT32_MIN


@kernel
def sse_product(codes: Any, weights: Any) -> Any:
    """Sum of products in int32, -128 times a negative code being negative in whole blocks."""
    whole = len(codes) // BLOCK * BLOCK
    total = np.int32(0)
    for c in range(whole):
        turned = weights[c] == -128 and codes[c] < 0
        weight = np.int32(128) if turned else np.int32(weights[c])
        total = np.int32(total + np.int32(codes[c]) * weight)
    for c in range(whole, len(codes)):
        total = np.int32(total + np.int32(codes[c]) * np.int32(weights[c]))
    return total


@kernel
def row_sum(weights: Any) -> Any:
    """Sum of a row of weights in int32, all but its end in lanes that wrap at int16."""
    whole = len(weights) // BLOCK * BLOCK
    edge = len(weights) // LANES * LANES
    total = np.int32(0)
    for lane in range(LANES):
        sum = np.int32(0)
        for c in range(2 * lane, whole, BLOCK):
            sum += np.int32(weights[c]) + np.int32(weights[c + 1])
        for c in range(whole + lane, edge, LANES):
            sum += np.int32(weights[c])
        total += np.int32(np.int16(sum))
    for c in range(edge, len(weights)):
        total += np.int32(weights[c])
    return total


@kernel
def activate(values: Any, activation: str) -> None:
    """Apply a fused activation to a vector of float32."""
    if activation == "TANH":
        for i in range(len(values)):
            values[i] = tanh(values[i])
    if activation == "SIGN_BIT":
        for i in range(len(values)):
            values[i] = np.signbit(values[i])
    for name, low, high in zip(CLAMPS, LOWS, HIGHS):  # noqa: B905
        if name == activation:
            for i in range(len(values)):
                capped = high if high < values[i] else values[i]
                values[i] = capped if low < capped else low


@kernel
def tanh(x: Any) -> Any:
    """Eigen's approximation."""
    if x > END:
        x = END
    if x < -END:
        x = -END
    square = x * x
    numerator, denominator = np.float32(TANH_NUMERATOR[0]), np.float32(TANH_DENOMINATOR[0])
    for coefficient in TANH_NUMERATOR[1:]:
        numerator = numerator * square + np.float32(coefficient)
    for coefficient in TANH_DENOMINATOR[1:]:
        denominator = denominator * square + np.float32(coefficient)
    return (square * x * numerator + x) / denominator
