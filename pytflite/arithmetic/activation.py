"""Fused activation functions as clamps."""

from __future__ import annotations

import numpy as np

from pytflite.arithmetic.rounding import round_half_away

BOUNDS: dict[str, tuple[float, float]] = {
    "NONE": (-np.inf, np.inf),
    "RELU": (0.0, np.inf),
    "RELU_N1_TO_1": (-1.0, 1.0),
    "RELU6": (0.0, 6.0),
}


def quantized_activation_range(
    activation: str, scale: float, zero_point: int, qmin: int, qmax: int
) -> tuple[int, int]:
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


def float_activation_range(activation: str) -> tuple[np.float32, np.float32]:
    """The clamp that a fused activation means for float32.

    Bounds are finite: without an activation, or above RELU, the largest float (``CalculateActivationRange``,
    kernel_util.h).
    """
    largest = np.finfo(np.float32).max
    low, high = np.clip(np.asarray(BOUNDS[activation], np.float64), -largest, largest)
    return np.float32(low), np.float32(high)
