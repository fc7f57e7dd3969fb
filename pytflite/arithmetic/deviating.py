"""Requantizers that no runtime of TensorFlow has, but that people write: one rounding or another after one product.

They are made from the recipes of `pytflite.arithmetic.requantize` and exist as definitions only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.fixed_point import rounding_divide_by_pot
from pytflite.arithmetic.rounding import round_half_away, truncate_to_int32, wrap_int32

Array = npt.NDArray[Any]


def half_up(x: Array) -> Array:
    """``floor(x + 0.5)``, in the type of ``x``."""
    rounded: Array = np.floor(x + x.dtype.type(0.5))
    return rounded


ROUNDINGS: dict[str, Callable[[Array], Array]] = {
    "ties away from zero": round_half_away,
    "ties to even": np.rint,
    "ties up": half_up,
    "toward zero": np.trunc,
    "toward minus infinity": np.floor,
}
"""From real numbers to whole ones."""


class FloatProduct(NamedTuple):
    """A product in float32 or float64, rounded in a way of its own.

    Attributes:
        scale: float32 or float64, one per channel or one in all; its type is that of the product.
        rounding: of real numbers to whole ones.
    """

    scale: Array
    rounding: Callable[[Array], Array]

    def __call__(self, accumulator: Array) -> Array:
        """Multiply and round."""
        return truncate_to_int32(self.rounding(accumulator.astype(self.scale.dtype) * self.scale))


class IntegerProduct(NamedTuple):
    """A 64-bit product with the multiplier, rounded once in a way of its own.

    Attributes:
        multiplier: int32, one per channel or one in all.
        shift: int32, left positive.
        rounding: one of `ROUNDINGS`.
    """

    multiplier: Array
    shift: Array
    rounding: str

    def __call__(self, accumulator: Array) -> Array:
        """Multiply, shift, round."""
        product = accumulator.astype(np.int64) * self.multiplier.astype(np.int64)
        right = 31 - self.shift.astype(np.int64)
        floor = product >> right
        rest = product - (floor << right)
        half = (np.int64(1) << right) >> 1
        up = {
            "ties away from zero": (rest > half) | ((rest == half) & (product > 0)),
            "ties to even": (rest > half) | ((rest == half) & (floor & 1 == 1)),
            "ties up": rest >= half,
            "toward zero": (rest != 0) & (product < 0),
            "toward minus infinity": np.zeros_like(rest, bool),
        }[self.rounding]
        return wrap_int32(floor + up)


class HighHalf(NamedTuple):
    """The high half of the doubled product, cut off (Arm's ``vqdmulh``), then a division that rounds or does not.

    Attributes:
        multiplier: int32, one per channel or one in all.
        shift: int32, left positive.
        rounds: whether the division rounds, ties away from zero.
    """

    multiplier: Array
    shift: Array
    rounds: bool

    def __call__(self, accumulator: Array) -> Array:
        """Multiply, shift."""
        shifted = wrap_int32(accumulator.astype(np.int64) << np.maximum(self.shift, 0).astype(np.int64))
        high = (shifted * self.multiplier) >> 31
        right = np.maximum(-self.shift, 0).astype(np.int64)
        return rounding_divide_by_pot(high, right) if self.rounds else high >> right


class Narrow(NamedTuple):
    """An accumulator of few bits, bias included, before another requantizer.

    Attributes:
        requantizer: what follows.
        bits: of the accumulator.
        saturates: whether it saturates in the end; else it wraps.
    """

    requantizer: Callable[[Array], Array]
    bits: int
    saturates: bool

    def __call__(self, accumulator: Array) -> Array:
        """Narrow, then requantize."""
        low, high = -(1 << (self.bits - 1)), (1 << (self.bits - 1)) - 1
        wide = accumulator.astype(np.int64)
        return self.requantizer(np.clip(wide, low, high) if self.saturates else ((wide - low) & (high - low)) + low)


class BiasLater(NamedTuple):
    """Another requantizer, and the bias added to what it gives: it was not brought to the scale of the products.

    Attributes:
        requantizer: what comes before.
        bias: int32, one per channel.
    """

    requantizer: Callable[[Array], Array]
    bias: Array

    def __call__(self, accumulator: Array) -> Array:
        """Requantize, then add."""
        return wrap_int32(self.requantizer(accumulator) + self.bias.astype(np.int64))
