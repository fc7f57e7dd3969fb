"""Requantizers: from an accumulator to the output scale, one class per recipe.

A profile names the recipe, an operator says what real number to multiply by (`RealScale`), and the class holds what is
left to do at run time. Kernels dispatch on the class (``kernels/requantize.py``); the methods here are the definition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol, Self

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.fixed_point import multiply_by_quantized_multiplier, quantize_multiplier
from pytflite.arithmetic.rounding import round_half_away, truncate_to_int32, wrap_int32

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


class Requantizer(Protocol):
    """What every recipe offers: made once in prepare, applied to accumulators whose last axis is the channel."""

    @classmethod
    def of(cls, scale: RealScale) -> Self:
        """Derive the run-time constants from the real scale."""

    def __call__(self, accumulator: Array) -> Array:
        """Bring int64 accumulators (last axis: channels) to the output scale; int64 of the same shape."""


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
        left, right = np.maximum(self.shift, 0).astype(np.int64), np.maximum(-self.shift, 0).astype(np.int64)
        high = (wrap_int32(accumulator << left) * self.multiplier.astype(np.int64) + (1 << 30)) >> 31
        rounded: Array = (high + ((np.int64(1) << right) >> 1)) >> right
        return rounded


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


REQUANTIZERS: Mapping[str, type[Requantizer]] = {
    "double_rounding": DoubleRounding,
    "rounding_up": RoundingUp,
    "wide": Wide,
    "float64": Float64,
}
