"""Requantizers: from an accumulator to the output scale, one class per recipe.

A profile names the recipe, an operator says what real number to multiply by (`RealScale`), and the class holds what is
left to do at run time. Kernels dispatch on the class (``kernels/requantize.py``); the methods here are the definition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol, Self

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.fixed_point import (
    multiply_by_quantized_multiplier,
    multiply_rounding_last,
    multiply_rounding_once,
    multiply_rounding_up,
    quantize_multiplier,
    saturating_rounding_doubling_high_mul,
)
from pytflite.arithmetic.rounding import (
    INT32_MAX,
    INT32_MIN,
    round_half_away,
    saturate_to_int32,
    truncate_to_int32,
    wrap_int32,
)
from pytflite.arithmetic.vectors import in_vectors

Array = npt.NDArray[Any]
Precision = Literal["float64", "float32_product", "float32"]


@dataclass(frozen=True, slots=True)
class RealScale:
    """The real number ``product(factors) / divisor``, and how precisely tf.lite computes it.

    Attributes:
        factors: float32 scalars or arrays (one per channel), multiplied from left to right.
        divisor: float32 scalar.
        precision: ``float64`` throughout; ``float32_product``: the product in float32, the division in float64;
            ``float32`` throughout.
    """

    factors: tuple[npt.ArrayLike, ...]
    divisor: npt.ArrayLike = 1.0
    precision: Precision = "float64"

    def effective(self) -> Array:
        """The real number as the reference kernels derive it: float64, one-dimensional, one entry per channel."""
        product_type = np.float64 if self.precision == "float64" else np.float32
        division_type = np.float32 if self.precision == "float32" else np.float64
        product = np.asarray(self.factors[0], np.float32).astype(product_type)
        for factor in self.factors[1:]:
            product = product * np.asarray(factor, np.float32).astype(product_type)
        quotient = product.astype(division_type) / np.asarray(self.divisor, np.float32).astype(division_type)
        return np.atleast_1d(quotient).astype(np.float64)

    def effective_float32(self) -> Array:
        """The same as XNNPACK derives it: float32 throughout, one-dimensional, one entry per channel."""
        return RealScale(self.factors, self.divisor, "float32").effective().astype(np.float32)


class Requantizer(Protocol):
    """What every recipe offers: made once in prepare, applied to accumulators whose last axis is the channel."""

    @classmethod
    def of(cls, scale: RealScale) -> Self:
        """Derive the run-time constants from the real scale."""

    def __call__(self, accumulator: Array) -> Array:
        """Bring int64 accumulators (last axis: channels) to the output scale; int64 of the same shape."""


class FixedPoint(Requantizer, Protocol):
    """A requantizer that is a multiplier and a shift, and nothing else: others may be put in their place."""

    def __init__(self, multiplier: Array, shift: Array) -> None:
        """From int32 arrays, a multiplier and a left-positive shift."""

    def _replace(self, *, multiplier: Array, shift: Array) -> Self:
        """The same recipe with another multiplier and shift."""


class DoubleRounding(NamedTuple):
    """Two roundings, the second half away from zero: nearly every reference kernel.

    Attributes:
        multiplier: int32, one per channel or one in all.
        shift: int32, left positive.
    """

    multiplier: Array
    shift: Array

    @classmethod
    def of(cls, scale: RealScale) -> Self:
        """Derive multiplier and shift (``QuantizeMultiplier``)."""
        return cls(*quantize_multiplier(scale.effective()))

    def __call__(self, accumulator: Array) -> Array:
        """Multiply (``MultiplyByQuantizedMultiplier``, common.cc)."""
        return multiply_by_quantized_multiplier(accumulator, self.multiplier, self.shift)


class RoundingUp(NamedTuple):
    """Two roundings, both with ties upward: ruy on x86 with AVX2.

    Attributes:
        multiplier: int32, one per channel or one in all.
        shift: int32, left positive.
    """

    multiplier: Array
    shift: Array

    @classmethod
    def of(cls, scale: RealScale) -> Self:
        """Derive multiplier and shift (``QuantizeMultiplier``)."""
        return cls(*quantize_multiplier(scale.effective()))

    def __call__(self, accumulator: Array) -> Array:
        """Multiply (``kernel_avx2_fma.cc`` of ruy)."""
        return multiply_rounding_up(accumulator, self.multiplier, self.shift)


class Wide(NamedTuple):
    """One rounding, 64-bit accumulators, the multiplier reduced to 16 bits: int16 activations with int64 bias.

    Attributes:
        multiplier: int32 in Q15, one per channel or one in all.
        shift: int32, left positive.
    """

    multiplier: Array
    shift: Array

    @classmethod
    def of(cls, scale: RealScale) -> Self:
        """Derive multiplier and shift (``QuantizeMultiplier``, then the reduction in common.cc)."""
        multiplier, shift = quantize_multiplier(scale.effective())
        wide = multiplier.astype(np.int64)
        reduced = np.where(wide < 0x7FFF0000, (wide + (1 << 15)) >> 16, 0x7FFF)
        return cls(reduced.astype(np.int32), shift)

    def __call__(self, accumulator: Array) -> Array:
        """Multiply (``MultiplyByQuantizedMultiplier`` for int64, common.cc)."""
        total_shift = 15 - self.shift.astype(np.int64)
        product = accumulator * self.multiplier.astype(np.int64) + (np.int64(1) << (total_shift - 1))
        return wrap_int32(product >> total_shift)


class Float64(NamedTuple):
    """A product in float64 rounded half away from zero: reference FULLY_CONNECTED.

    Attributes:
        scale: float64, one per channel or one in all.
    """

    scale: Array

    @classmethod
    def of(cls, scale: RealScale) -> Self:
        """Derive the scale in float64 from its float32 factors, whatever the operator's own precision."""
        return cls(RealScale(scale.factors, scale.divisor).effective())

    def __call__(self, accumulator: Array) -> Array:
        """Multiply and round (``MultiplyByQuantizedMultiplier`` of fully_connected.h)."""
        return truncate_to_int32(round_half_away(accumulator.astype(np.float64) * self.scale))


class Float64Saturating(NamedTuple):
    """A product in float64 rounded half away from zero, saturated: reference FULLY_CONNECTED on 64-bit Arm.

    Attributes:
        scale: float64, one per channel or one in all.
    """

    scale: Array

    @classmethod
    def of(cls, scale: RealScale) -> Self:
        """Derive the scale in float64 from its float32 factors, whatever the operator's own precision."""
        return cls(RealScale(scale.factors, scale.divisor).effective())

    def __call__(self, accumulator: Array) -> Array:
        """Multiply and round (``MultiplyByQuantizedMultiplier`` of fully_connected.h)."""
        return saturate_to_int32(round_half_away(accumulator.astype(np.float64) * self.scale))


class RoundingUpByChannels(NamedTuple):
    """`RoundingUp` for whole groups of 8 channels, `DoubleRounding` for the rest: vectors, and what does not fill one.

    Attributes:
        multiplier: int32, one per channel.
        shift: int32, left positive.
        grouped: how many channels are in whole groups.
    """

    multiplier: Array
    shift: Array
    grouped: int

    @classmethod
    def of(cls, scale: RealScale) -> Self:
        """Derive multiplier and shift (``QuantizeMultiplier``) of a scale per channel."""
        multiplier, shift = quantize_multiplier(scale.effective())
        return cls(multiplier, shift, multiplier.size // 8 * 8)

    def __call__(self, accumulator: Array) -> Array:
        """Multiply (``Quantize``, optimized_ops.h)."""
        up = multiply_rounding_up(accumulator, self.multiplier, self.shift)
        away = multiply_by_quantized_multiplier(accumulator, self.multiplier, self.shift)
        return np.where(np.arange(self.multiplier.size) < self.grouped, up, away)


class RoundingUpFlat(NamedTuple):
    """`RoundingUp` for whole groups of 16 elements of the array, in memory order, `DoubleRounding` for the rest.

    Attributes:
        multiplier: int32, one per channel or one in all.
        shift: int32, left positive.
    """

    multiplier: Array
    shift: Array

    @classmethod
    def of(cls, scale: RealScale) -> Self:
        """Derive multiplier and shift (``QuantizeMultiplier``)."""
        return cls(*quantize_multiplier(scale.effective()))

    def __call__(self, accumulator: Array) -> Array:
        """Multiply (``Quantize`` and ``Requantize``, optimized_ops.h)."""
        up = multiply_rounding_up(accumulator, self.multiplier, self.shift)
        away = multiply_by_quantized_multiplier(accumulator, self.multiplier, self.shift)
        return np.where(in_vectors(accumulator.shape, 16), up, away)


class RoundingUpThenLeft(NamedTuple):
    """`RoundingUp`, but that a left shift comes after the product: DEPTHWISE_CONV_2D with filters of 3 by 3 on Arm.

    Attributes:
        multiplier: int32, one per channel or one in all.
        shift: int32, left positive.
    """

    multiplier: Array
    shift: Array

    @classmethod
    def of(cls, scale: RealScale) -> Self:
        """Derive multiplier and shift (``QuantizeMultiplier``)."""
        return cls(*quantize_multiplier(scale.effective()))

    def __call__(self, accumulator: Array) -> Array:
        """Multiply (``sqrdmulh`` and ``srshl`` of depthwise_conv_3x3_filter.h)."""
        left = np.maximum(self.shift.astype(np.int64), 0)
        return wrap_int32(multiply_rounding_up(accumulator, self.multiplier, np.minimum(self.shift, 0)) << left)


class Truncated(NamedTuple):
    """A rounding, ties up, and a division by a power of two toward minus infinity: inputs of ADD in vector code.

    Attributes:
        multiplier: int32, one in all.
        shift: int32, left positive.
    """

    multiplier: Array
    shift: Array

    @classmethod
    def of(cls, scale: RealScale) -> Self:
        """Derive multiplier and shift (``QuantizeMultiplier``)."""
        return cls(*quantize_multiplier(scale.effective()))

    def __call__(self, accumulator: Array) -> Array:
        """Multiply (``AddScalarBroadcast``, optimized_ops.h)."""
        high = saturating_rounding_doubling_high_mul(accumulator, self.multiplier)
        truncated: Array = high << np.maximum(self.shift, 0) >> np.maximum(-self.shift, 0)
        return truncated


class Single(NamedTuple):
    """One rounding of a 64-bit product, ties toward plus infinity: builds with TFLITE_SINGLE_ROUNDING, ruy elsewhere.

    Attributes:
        multiplier: int32, one per channel or one in all.
        shift: int32, left positive, at most 30.
    """

    multiplier: Array
    shift: Array

    @classmethod
    def of(cls, scale: RealScale) -> Self:
        """Derive multiplier and shift (``QuantizeMultiplier``, which then saturates)."""
        multiplier, shift = quantize_multiplier(scale.effective())
        return cls(np.where(shift > 30, INT32_MAX, multiplier).astype(np.int32), np.minimum(shift, 30))

    def __call__(self, accumulator: Array) -> Array:
        """Multiply (``MultiplyByQuantizedMultiplier``, common.cc)."""
        return multiply_rounding_once(accumulator, self.multiplier, self.shift)


class RoundingLast(NamedTuple):
    """One rounding, ties toward plus infinity, after a product that is cut off: ruy on 64-bit Arm.

    Attributes:
        multiplier: int32, one per channel or one in all.
        shift: int32, left positive.
    """

    multiplier: Array
    shift: Array

    @classmethod
    def of(cls, scale: RealScale) -> Self:
        """Derive multiplier and shift (``QuantizeMultiplier``)."""
        return cls(*quantize_multiplier(scale.effective()))

    def __call__(self, accumulator: Array) -> Array:
        """Multiply (``kernel_arm64.cc`` of ruy)."""
        return multiply_rounding_last(accumulator, self.multiplier, self.shift)


class Float32(NamedTuple):
    """A product in float32, rounded half to even: XNNPACK's ``fp32``.

    Attributes:
        scale: float32, one per channel or one in all.
    """

    scale: Array

    @classmethod
    def of(cls, scale: RealScale) -> Self:
        """Derive the scale in float32 from its float32 factors, whatever the operator's own precision."""
        return cls(scale.effective_float32())

    def __call__(self, accumulator: Array) -> Array:
        """Multiply and round; beyond 2**30, where every output type has ended, it saturates."""
        product = accumulator.astype(np.int32).astype(np.float32) * self.scale
        return np.clip(np.rint(product), -(2.0**30), 2.0**30).astype(np.int64)


class Rndnu(NamedTuple):
    """One rounding, ties toward plus infinity, by the 24 bits of a float32 scale: XNNPACK's ``rndnu`` on 64-bit Arm.

    Attributes:
        multiplier: int32, one per channel or one in all; its lowest 7 bits are 0.
        shift: int32, left positive.
    """

    multiplier: Array
    shift: Array

    @classmethod
    def of(cls, scale: RealScale) -> Self:
        """Derive multiplier and shift from the scale in float32, whatever the operator's own precision."""
        return cls(*quantize_multiplier(scale.effective_float32()))

    def __call__(self, accumulator: Array) -> Array:
        """Multiply; a left shift, one bit more than there is, saturates (``vqshl``, ``vqdmulh``, ``vrshl``)."""
        right = np.maximum(-self.shift.astype(np.int64), 1)
        shifted = np.clip(accumulator.astype(np.int64) << (self.shift + right), INT32_MIN, INT32_MAX)
        high = (shifted * self.multiplier.astype(np.int64)) >> 31
        rounded: Array = (high + (np.int64(1) << (right - 1))) >> right
        return rounded


class Rndnu16(NamedTuple):
    """Two roundings, ties toward plus infinity, in 16 bits: XNNPACK's ``rndnu16`` on small 64-bit Arm cores.

    Attributes:
        multiplier: int32 in Q15, one per channel or one in all, at least 2**14.
        shift: int32, left positive.
    """

    multiplier: Array
    shift: Array

    @classmethod
    def of(cls, scale: RealScale) -> Self:
        """Derive the multiplier from the 24 bits of the scale in float32, whatever the operator's own precision."""
        multiplier, shift = quantize_multiplier(scale.effective_float32())
        rounded = (multiplier.astype(np.int64) + (1 << 15)) >> 16
        carried = rounded == 1 << 15
        return cls(np.where(carried, 1 << 14, rounded).astype(np.int32), (shift + carried).astype(np.int32))

    def __call__(self, accumulator: Array) -> Array:
        """Shift and saturate, then multiply (``vqrshl``, ``vqmovn``, ``vqrdmulh``)."""
        shift = self.shift.astype(np.int64)
        right = np.maximum(-shift, 0)
        shifted = accumulator.astype(np.int64) << np.maximum(shift, 0)
        narrow = np.clip((shifted + ((np.int64(1) << right) >> 1)) >> right, -(1 << 15), (1 << 15) - 1)
        rounded: Array = (narrow * self.multiplier.astype(np.int64) + (1 << 14)) >> 15
        return rounded


class EightBits(NamedTuple):
    """A multiplier of 8 fraction bits, one rounding, ties toward plus infinity: XNNPACK's ``cvt`` and ``lrelu``.

    Attributes:
        multiplier: int32, 256 times the real scale, rounded half to even.
    """

    multiplier: Array

    @classmethod
    def of(cls, scale: RealScale) -> Self:
        """Derive the multiplier from the scale in float32, whatever the operator's own precision."""
        return cls(np.rint(scale.effective_float32() * np.float32(256)).astype(np.int32))

    def __call__(self, accumulator: Array) -> Array:
        """Multiply, saturating at 16 bits (``xnn_qs8_vcvt``)."""
        product = accumulator.astype(np.int64) * self.multiplier
        saturated: Array = np.clip((product + (1 << 7)) >> 8, -(1 << 15), (1 << 15) - 1)
        return saturated


def looks_at_places(params: Any) -> bool:
    """Whether a requantizer in nested params depends on the place of an element in the array: no kernel knows it."""
    return isinstance(params, RoundingUpFlat) or (isinstance(params, tuple) and any(map(looks_at_places, params)))


def requantizers_in(params: Any) -> Iterator[Requantizer]:
    """The requantizers in nested params, in order."""
    if type(params) in REQUANTIZERS.values():
        yield params
    elif isinstance(params, tuple):
        for part in params:
            yield from requantizers_in(part)


REQUANTIZERS: Mapping[str, type[Requantizer]] = {
    "double_rounding": DoubleRounding,
    "rounding_up": RoundingUp,
    "wide": Wide,
    "float64": Float64,
    "float64_saturating": Float64Saturating,
    "rounding_up_by_channels": RoundingUpByChannels,
    "rounding_up_flat": RoundingUpFlat,
    "rounding_up_then_left": RoundingUpThenLeft,
    "single": Single,
    "rounding_last": RoundingLast,
    "float32": Float32,
    "rndnu": Rndnu,
    "rndnu16": Rndnu16,
    "eight_bits": EightBits,
}

FIXED_POINT: Mapping[str, type[FixedPoint]] = {
    "double_rounding": DoubleRounding,
    "rounding_up": RoundingUp,
    "single": Single,
}
