"""Fused activation functions as clamps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pytflite.arithmetic.rounding import round_half_away

BOUNDS: dict[str, tuple[float, float]] = {
    "NONE": (-np.inf, np.inf),
    "RELU": (0.0, np.inf),
    "RELU_N1_TO_1": (-1.0, 1.0),
    "RELU6": (0.0, 6.0),
    "RELU_0_TO_1": (0.0, 1.0),
}


def quantized_activation_range(activation: str, scale: float, zero_point: int, qmin: int, qmax: int) -> tuple[int, int]:
    """The clamp that a fused activation means in the output's integers.

    Args:
        activation: name of an ``ActivationFunctionType``: NONE, RELU, RELU_N1_TO_1 or RELU6.
        scale: float32 output scale.
        zero_point: output zero point.
        qmin: smallest code of the output type.
        qmax: largest code of the output type.

    Returns:
        activation_min, activation_max: inclusive, applied after the zero point was added.

    Source: ``CalculateActivationRangeQuantized``, kernel_util.cc (the division is in float32).
    """

    def quantize(real: float) -> int:
        return zero_point + int(round_half_away(np.float32(real) / np.float32(scale)))

    low, high = BOUNDS[activation]
    return (
        qmin if np.isinf(low) else max(qmin, quantize(low)),
        qmax if np.isinf(high) else min(qmax, quantize(high)),
    )


def half_even_activation_range(activation: str, scale: float, zero_point: int, qmin: int, qmax: int) -> tuple[int, int]:
    """The same as XNNPACK derives it: the bound is shifted and clamped in float32, then rounded half to even.

    Source: ``xnn_qs8_quantize``, xnnpack/requantization.h.
    """

    def quantize(real: float) -> int:
        shifted = np.float32(real) / np.float32(scale) + np.float32(zero_point)
        return int(np.rint(np.clip(shifted, np.float32(qmin), np.float32(qmax))))

    low, high = BOUNDS[activation]
    return qmin if np.isinf(low) else quantize(low), qmax if np.isinf(high) else quantize(high)


CLAMPS: Mapping[str, Callable[[str, float, int, int, int], tuple[int, int]]] = {
    "half_away": quantized_activation_range,
    "half_even": half_even_activation_range,
}
"""How a profile wants the bounds of fused activations rounded."""


def activation_range(activation: str, dtype: np.dtype[Any]) -> tuple[Any, Any]:
    """The clamp that a fused activation means for numbers that are not quantized.

    Args:
        activation: as in `quantized_activation_range`.
        dtype: float32, float16 or an integer type.

    Returns:
        activation_min, activation_max: of that type. Without a bound it is the largest finite number, so infinity never
            passes. An unsigned type takes -1 for its largest number, as C++ does.

    Source: ``CalculateActivationRange``, kernel_util.h.
    """
    limits = np.finfo(dtype) if dtype.kind == "f" else np.iinfo(dtype)
    low, high = BOUNDS[activation]
    activation_min = limits.min if np.isinf(low) else int(low)
    activation_max = limits.max if np.isinf(high) else int(high)
    return np.array(activation_min).astype(dtype)[()], np.array(activation_max).astype(dtype)[()]
