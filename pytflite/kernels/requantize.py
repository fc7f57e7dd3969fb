"""One accumulator to one output element, compiled: the twins of `arithmetic.requantize` and `arithmetic.epilogue`.

The other kernels call `finish` on every output element; numba picks the body by the classes of the epilogue and of its
requantizer, so a kernel is written once for all of them. The bodies are scalar code that says in full what happens.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import overload

from pytflite.arithmetic.epilogue import FloatEpilogue, QuantizedEpilogue
from pytflite.arithmetic.requantize import (
    DoubleRounding,
    EightBits,
    Float32,
    Float64,
    Float64Saturating,
    Rndnu,
    Rndnu16,
    RoundingLast,
    RoundingUp,
    RoundingUpByChannels,
    RoundingUpThenLeft,
    Single,
    Wide,
)
from pytflite.kernels._compile import kernel

INT32_MIN, INT32_MAX = np.int64(-(1 << 31)), np.int64((1 << 31) - 1)


def requantize_one(accumulator: Any, channel: Any, requantizer: Any) -> Any:
    """One accumulator of a channel at the output scale. Compiled code only."""
    raise NotImplementedError


def finish(accumulator: Any, channel: Any, epilogue: Any) -> Any:
    """One output element from its accumulator, bias included. Compiled code only."""
    raise NotImplementedError


def double_rounding(accumulator: Any, channel: Any, requantizer: Any) -> Any:
    """High half of the doubled product, ties up; then a division by a power of two, ties away from zero."""
    multiplier = np.int64(requantizer.multiplier[channel])
    shift = np.int64(requantizer.shift[channel])
    left, right = max(shift, np.int64(0)), max(-shift, np.int64(0))
    shifted = np.int64(np.int32(np.int64(accumulator) << left))
    high = (shifted * multiplier + (np.int64(1) << np.int64(30))) >> np.int64(31)
    mask = (np.int64(1) << right) - np.int64(1)
    threshold = (mask >> np.int64(1)) + np.int64(high < 0)
    return (high >> right) + np.int64((high & mask) > threshold)


def rounding_up(accumulator: Any, channel: Any, requantizer: Any) -> Any:
    """High half of the doubled product, then a division by a power of two, both with ties up."""
    multiplier = np.int64(requantizer.multiplier[channel])
    shift = np.int64(requantizer.shift[channel])
    left, right = max(shift, np.int64(0)), max(-shift, np.int64(0))
    shifted = np.int64(np.int32(np.int64(accumulator) << left))
    high = (shifted * multiplier + (np.int64(1) << np.int64(30))) >> np.int64(31)
    return (high + ((np.int64(1) << right) >> np.int64(1))) >> right


def wide(accumulator: Any, channel: Any, requantizer: Any) -> Any:
    """One rounding of a 64-bit product, ties up."""
    total_shift = np.int64(15) - np.int64(requantizer.shift[channel])
    product = np.int64(accumulator) * np.int64(requantizer.multiplier[channel])
    return np.int64(np.int32((product + (np.int64(1) << (total_shift - np.int64(1)))) >> total_shift))


def float64(accumulator: Any, channel: Any, requantizer: Any) -> Any:
    """A float64 product rounded half away from zero; what int32 cannot hold becomes its minimum."""
    product = np.float64(accumulator) * requantizer.scale[channel]
    whole = np.trunc(product)
    if abs(product - whole) >= 0.5:
        whole += np.copysign(1.0, product)
    if not (INT32_MIN <= whole <= INT32_MAX):
        return INT32_MIN
    return np.int64(whole)


def float64_saturating(accumulator: Any, channel: Any, requantizer: Any) -> Any:
    """A float64 product rounded half away from zero; what int32 cannot hold becomes its nearest end."""
    product = np.float64(accumulator) * requantizer.scale[channel]
    whole = np.trunc(product)
    if abs(product - whole) >= 0.5:
        whole += np.copysign(1.0, product)
    if np.isnan(whole):
        return np.int64(0)
    return np.int64(min(max(whole, np.float64(INT32_MIN)), np.float64(INT32_MAX)))


def rounding_up_then_left(accumulator: Any, channel: Any, requantizer: Any) -> Any:
    """High half of the doubled product, then a shift to either side, both with ties up."""
    multiplier = np.int64(requantizer.multiplier[channel])
    shift = np.int64(requantizer.shift[channel])
    left, right = max(shift, np.int64(0)), max(-shift, np.int64(0))
    high = (np.int64(accumulator) * multiplier + (np.int64(1) << np.int64(30))) >> np.int64(31)
    return np.int64(np.int32((high + ((np.int64(1) << right) >> np.int64(1))) >> right << left))


def rounding_up_by_channels(accumulator: Any, channel: Any, requantizer: Any) -> Any:
    """The one or the other."""
    if channel < requantizer.grouped:
        return grouped(accumulator, channel, requantizer)
    return ungrouped(accumulator, channel, requantizer)


grouped, ungrouped = kernel(rounding_up), kernel(double_rounding)


def single(accumulator: Any, channel: Any, requantizer: Any) -> Any:
    """One rounding of a 64-bit product, ties up."""
    total_shift = np.int64(31) - np.int64(requantizer.shift[channel])
    product = np.int64(accumulator) * np.int64(requantizer.multiplier[channel])
    return np.int64(np.int32((product + (np.int64(1) << (total_shift - np.int64(1)))) >> total_shift))


def rounding_last(accumulator: Any, channel: Any, requantizer: Any) -> Any:
    """High half of the doubled product, cut off; then a division by a power of two, ties up."""
    multiplier = np.int64(requantizer.multiplier[channel])
    shift = np.int64(requantizer.shift[channel])
    right = max(-shift, np.int64(1))
    shifted = np.int64(np.int32(np.int64(accumulator) << (shift + right)))
    high = (shifted * multiplier) >> np.int64(31)
    return (high + (np.int64(1) << (right - np.int64(1)))) >> right


def float32(accumulator: Any, channel: Any, requantizer: Any) -> Any:
    """A float32 product rounded half to even."""
    product = np.float32(np.float32(np.int32(accumulator)) * requantizer.scale[channel])
    return np.int64(min(max(np.rint(product), np.float32(-(2.0**30))), np.float32(2.0**30)))


def rndnu(accumulator: Any, channel: Any, requantizer: Any) -> Any:
    """High half of the doubled product, cut off; then a division by a power of two, ties up; a left shift saturates."""
    multiplier = np.int64(requantizer.multiplier[channel])
    shift = np.int64(requantizer.shift[channel])
    right = max(-shift, np.int64(1))
    shifted = min(max(np.int64(accumulator) << (shift + right), INT32_MIN), INT32_MAX)
    high = (shifted * multiplier) >> np.int64(31)
    return (high + (np.int64(1) << (right - np.int64(1)))) >> right


def rndnu16(accumulator: Any, channel: Any, requantizer: Any) -> Any:
    """A division by a power of two, then the high half of the doubled product of 16 bits, both with ties up."""
    multiplier = np.int64(requantizer.multiplier[channel])
    shift = np.int64(requantizer.shift[channel])
    left, right = max(shift, np.int64(0)), max(-shift, np.int64(0))
    shifted = ((np.int64(accumulator) << left) + ((np.int64(1) << right) >> np.int64(1))) >> right
    narrow = min(max(shifted, np.int64(-(1 << 15))), np.int64((1 << 15) - 1))
    return (narrow * multiplier + np.int64(1 << 14)) >> np.int64(15)


def eight_bits(accumulator: Any, channel: Any, requantizer: Any) -> Any:
    """One rounding of a product with 8 fraction bits, ties up; saturates at 16 bits."""
    product = np.int64(accumulator) * np.int64(requantizer.multiplier[channel])
    rounded = (product + np.int64(1 << 7)) >> np.int64(8)
    return min(max(rounded, np.int64(-(1 << 15))), np.int64((1 << 15) - 1))


def quantized(accumulator: Any, channel: Any, epilogue: Any) -> Any:
    """Requantize, add the offset, clamp."""
    output = np.int32(requantize_one(accumulator, channel, epilogue.requantizer) + epilogue.output_offset)
    return min(max(np.int64(output), epilogue.activation_min), epilogue.activation_max)


def clamped(accumulator: Any, channel: Any, epilogue: Any) -> Any:
    """Clamp a float; NaN passes."""
    if accumulator < epilogue.activation_min:
        return epilogue.activation_min
    if accumulator > epilogue.activation_max:
        return epilogue.activation_max
    return accumulator


BODIES = {
    DoubleRounding: double_rounding,
    RoundingUp: rounding_up,
    Wide: wide,
    Float64: float64,
    Float64Saturating: float64_saturating,
    RoundingUpByChannels: rounding_up_by_channels,
    RoundingUpThenLeft: rounding_up_then_left,
    Single: single,
    RoundingLast: rounding_last,
    Float32: float32,
    Rndnu: rndnu,
    Rndnu16: rndnu16,
    EightBits: eight_bits,
    QuantizedEpilogue: quantized,
    FloatEpilogue: clamped,
}


@overload(requantize_one)
def _requantize_one(accumulator: Any, channel: Any, requantizer: Any) -> Any:
    return BODIES.get(requantizer.instance_class)


@overload(finish)
def _finish(accumulator: Any, channel: Any, epilogue: Any) -> Any:
    return BODIES.get(epilogue.instance_class)


@kernel
def requantize(accumulator: Any, epilogue: Any, output: Any) -> None:
    """Finish a whole array: ``accumulator`` and ``output`` have the shape (rows, channels)."""
    for row in range(accumulator.shape[0]):
        for channel in range(accumulator.shape[1]):
            output[row, channel] = finish(accumulator[row, channel], channel, epilogue)
