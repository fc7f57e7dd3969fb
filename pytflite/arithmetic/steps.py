"""What requantizers and epilogues do to one number, step by step, for people to read.

Each function here says in exact Python integers what the class of its first parameter computes on arrays. Kernels
dispatch on that class too (``kernels/requantize.py``); a class that nothing is said about here is one step.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch
from typing import Any, NamedTuple

import numpy as np

from pytflite.arithmetic.epilogue import NarrowEpilogue, QuantizedEpilogue
from pytflite.arithmetic.requantize import (
    DoubleRounding,
    Float32,
    Float64,
    Float64Saturating,
    Rndnu,
    Rndnu16,
    RoundingLast,
    RoundingUp,
    RoundingUpByChannels,
    RoundingUpFlat,
    RoundingUpThenLeft,
    Single,
    Wide,
)
from pytflite.arithmetic.rounding import round_half_away, saturate_to_int32, truncate_to_int32, wrap_int32
from pytflite.arithmetic.vectors import in_vectors

HALF_HIGH = 1 << 30
"""What is added before the high half of a doubled product is taken."""


class Step(NamedTuple):
    """One step from an accumulator to an output.

    Attributes:
        name: of the step, the same for all classes that take it.
        formula: the arithmetic with its numbers.
        value: the result.
        note: what was rounded, wrapped or clamped away.
    """

    name: str
    formula: str
    value: int | float
    note: str = ""


def entry(values: Any, channel: int) -> Any:
    """The entry of a channel, or the only one there is, as a Python number."""
    flat = np.atleast_1d(values).reshape(-1)
    return flat[channel if flat.size > 1 else 0].item()


class Place(NamedTuple):
    """Where an element is in its array: vector code rounds some places otherwise than others.

    Attributes:
        at: index of the element.
        shape: of the array.
    """

    at: tuple[int, ...]
    shape: tuple[int, ...]

    @property
    def channel(self) -> int:
        """Index along the last axis."""
        return self.at[-1] if self.at else 0


@singledispatch
def requantizer_steps(requantizer: Any, accumulator: int, place: Place) -> Iterator[Step]:
    """What a requantizer does to the accumulator of a channel.

    Args:
        requantizer: of any class of `pytflite.arithmetic.requantize`.
        accumulator: int32, or int64 where the class takes that.
        place: of the accumulator.

    Yields:
        Steps; the value of the last is what the requantizer makes of the accumulator.
    """
    for name, values in requantizer._asdict().items():
        yield Step(name, type(requantizer).__name__, entry(values, place.channel))
    requantized = requantizer(np.full(place.shape, accumulator, np.int64))[place.at]
    yield Step("requantized", f"{type(requantizer).__name__} of {accumulator}", int(requantized))


def _constants(multiplier: int, shift: int, bits: int) -> Iterator[Step]:
    yield Step("multiplier", f"0x{multiplier & 0xFFFFFFFF:08x}", multiplier)
    real = multiplier * 2.0 ** (shift - bits)
    yield Step("shift", f"{multiplier} * 2^({shift} - {bits}) stands for {real!r}", shift)


def _shifted_left(accumulator: int, shift: int) -> Iterator[Step]:
    if shift > 0:
        wide = accumulator << shift
        wrapped = int(wrap_int32(wide))
        yield Step("shifted left", f"{accumulator} << {shift}", wrapped, "" if wide == wrapped else "wraps in int32")


def dropped(value: int, bits: int) -> str:
    """What a right shift drops: the bits, as a fraction of what is kept."""
    if not bits:
        return "nothing is dropped"
    low = value & ((1 << bits) - 1)
    tie = ", a tie" if low == 1 << (bits - 1) else ""
    return f"drops the bits {low:0{bits}b}, {low / (1 << bits):.6g} of one{tie}"


def _rounded(kept: int, rounded: int) -> str:
    return ", rounded up" if rounded > kept else ", rounded down"


def _high_product(x: int, multiplier: int) -> Step:
    product = x * multiplier
    high = (product + HALF_HIGH) >> 31
    note = dropped(product, 31) + _rounded(product >> 31, high)
    return Step("high product", f"({x} * {multiplier} + 2^30) >> 31", high, note)


@requantizer_steps.register
def _(requantizer: DoubleRounding, accumulator: int, place: Place) -> Iterator[Step]:
    multiplier, shift = entry(requantizer.multiplier, place.channel), entry(requantizer.shift, place.channel)
    yield from _constants(multiplier, shift, 31)
    yield from _shifted_left(accumulator, shift)
    x = int(wrap_int32(accumulator << max(shift, 0)))
    high = _high_product(x, multiplier)
    if x == multiplier == -(1 << 31):
        high = high._replace(value=(1 << 31) - 1, note="saturates")
    yield high
    right, kept = max(-shift, 0), int(high.value)
    mask = (1 << right) - 1
    value = (kept >> right) + int((kept & mask) > (mask >> 1) + (kept < 0))
    note = dropped(kept, right) + (_rounded(kept >> right, value) if right else "")
    yield Step("requantized", f"{kept} / 2^{right}, ties away from zero", value, note)


@requantizer_steps.register
def _(requantizer: RoundingUp, accumulator: int, place: Place) -> Iterator[Step]:
    multiplier, shift = entry(requantizer.multiplier, place.channel), entry(requantizer.shift, place.channel)
    yield from _constants(multiplier, shift, 31)
    yield from _shifted_left(accumulator, shift)
    high = _high_product(int(wrap_int32(accumulator << max(shift, 0))), multiplier)
    yield high
    right, kept = max(-shift, 0), int(high.value)
    value = (kept + ((1 << right) >> 1)) >> right
    note = dropped(kept, right) + (_rounded(kept >> right, value) if right else "")
    yield Step("requantized", f"{kept} / 2^{right}, ties upward", value, note)


@requantizer_steps.register
def _(requantizer: Wide, accumulator: int, place: Place) -> Iterator[Step]:
    multiplier, shift = entry(requantizer.multiplier, place.channel), entry(requantizer.shift, place.channel)
    yield from _constants(multiplier, shift, 15)
    right = 15 - shift
    product = accumulator * multiplier
    yield Step("product", f"{accumulator} * {multiplier}", product)
    value = (product + (1 << (right - 1))) >> right
    note = dropped(product, right) + _rounded(product >> right, value)
    yield Step("requantized", f"{product} / 2^{right}, ties upward", int(wrap_int32(value)), note)


@requantizer_steps.register
def _(requantizer: Float64, accumulator: int, place: Place) -> Iterator[Step]:
    scale = float(entry(requantizer.scale, place.channel))
    yield Step("scale", f"{scale.hex()}, a float64", scale)
    product = float(accumulator) * scale
    yield Step("product", f"{accumulator} * {scale!r}", product)
    rounded = round_half_away(product)
    value = int(truncate_to_int32(rounded))
    tie, overflow = abs(product) % 1 == 0.5, value != rounded
    note = "beyond int32, which x86 turns into its minimum" if overflow else "a tie" if tie else ""
    yield Step("requantized", f"round({product!r}), ties away from zero", value, note)


@requantizer_steps.register
def _(requantizer: Float64Saturating, accumulator: int, place: Place) -> Iterator[Step]:
    scale = float(entry(requantizer.scale, place.channel))
    yield Step("scale", f"{scale.hex()}, a float64", scale)
    product = float(accumulator) * scale
    yield Step("product", f"{accumulator} * {scale!r}", product)
    rounded = round_half_away(product)
    value = int(saturate_to_int32(rounded))
    note = "saturates" if value != rounded else "a tie" if abs(product) % 1 == 0.5 else ""
    yield Step("requantized", f"round({product!r}), ties away from zero", value, note)


@requantizer_steps.register
def _(requantizer: RoundingUpThenLeft, accumulator: int, place: Place) -> Iterator[Step]:
    multiplier, shift = entry(requantizer.multiplier, place.channel), entry(requantizer.shift, place.channel)
    *steps, rounded = requantizer_steps(
        RoundingUp(requantizer.multiplier, np.minimum(requantizer.shift, 0)), accumulator, place
    )
    yield from (*_constants(multiplier, shift, 31), *steps[2:], rounded._replace(name="shifted right"))
    wide = int(rounded.value) << max(shift, 0)
    value = int(wrap_int32(wide))
    yield Step("requantized", f"{rounded.value} << {max(shift, 0)}", value, "" if wide == value else "wraps in int32")


@requantizer_steps.register
def _(requantizer: RoundingUpByChannels, accumulator: int, place: Place) -> Iterator[Step]:
    recipe = RoundingUp if place.channel < requantizer.grouped else DoubleRounding
    yield from requantizer_steps(recipe(requantizer.multiplier, requantizer.shift), accumulator, place)


@requantizer_steps.register
def _(requantizer: RoundingUpFlat, accumulator: int, place: Place) -> Iterator[Step]:
    recipe = RoundingUp if in_vectors(place.shape, 16)[place.at] else DoubleRounding
    yield from requantizer_steps(recipe(requantizer.multiplier, requantizer.shift), accumulator, place)


@requantizer_steps.register
def _(requantizer: Single, accumulator: int, place: Place) -> Iterator[Step]:
    multiplier, shift = entry(requantizer.multiplier, place.channel), entry(requantizer.shift, place.channel)
    yield from _constants(multiplier, shift, 31)
    product, right = accumulator * multiplier, 31 - shift
    yield Step("product", f"{accumulator} * {multiplier}", product)
    value = int(requantizer(np.full(place.shape, accumulator, np.int64))[place.at])
    note = dropped(product, right) + _rounded(product >> right, value)
    yield Step("requantized", f"{product} / 2^{right}, ties upward", value, note)


@requantizer_steps.register
def _(requantizer: RoundingLast, accumulator: int, place: Place) -> Iterator[Step]:
    multiplier, shift = entry(requantizer.multiplier, place.channel), entry(requantizer.shift, place.channel)
    yield from _constants(multiplier, shift, 31)
    right = max(-shift, 1)
    yield from _shifted_left(accumulator, shift + right)
    yield from _rounded_last(int(wrap_int32(accumulator << (shift + right))), multiplier, right)


def _rounded_last(x: int, multiplier: int, right: int) -> Iterator[Step]:
    """A high product that is cut off, then a right shift of at least one bit."""
    high = (x * multiplier) >> 31
    yield Step("high product", f"({x} * {multiplier}) >> 31", high, dropped(x * multiplier, 31) + ", cut off")
    value = (high + (1 << (right - 1))) >> right
    note = dropped(high, right) + _rounded(high >> right, value)
    yield Step("requantized", f"{high} / 2^{right}, ties upward", value, note)


@requantizer_steps.register
def _(requantizer: Float32, accumulator: int, place: Place) -> Iterator[Step]:
    scale = np.float32(entry(requantizer.scale, place.channel))
    yield Step("scale", f"{float(scale).hex()}, a float32", float(scale))
    product = np.float32(accumulator) * scale
    yield Step("product", f"{accumulator} * {scale!s}, in float32", float(product))
    value = int(np.clip(np.rint(product), -(2.0**30), 2.0**30))
    note = "a tie" if abs(product) % 1 == 0.5 else ""
    yield Step("requantized", f"round({product!s}), ties to even", value, note)


@requantizer_steps.register
def _(requantizer: Rndnu, accumulator: int, place: Place) -> Iterator[Step]:
    multiplier, shift = entry(requantizer.multiplier, place.channel), entry(requantizer.shift, place.channel)
    yield from _constants(multiplier, shift, 31)
    right = max(-shift, 1)
    wide = accumulator << (shift + right)
    x = min(max(wide, -(1 << 31)), (1 << 31) - 1)
    if shift + right > 0:
        yield Step("shifted left", f"{accumulator} << {shift + right}", x, "" if wide == x else "saturates")
    yield from _rounded_last(x, multiplier, right)


@requantizer_steps.register
def _(requantizer: Rndnu16, accumulator: int, place: Place) -> Iterator[Step]:
    multiplier, shift = entry(requantizer.multiplier, place.channel), entry(requantizer.shift, place.channel)
    yield from _constants(multiplier, shift, 15)
    right = max(-shift, 0)
    wide = accumulator << max(shift, 0)
    shifted = (wide + ((1 << right) >> 1)) >> right
    narrow = min(max(shifted, -(1 << 15)), (1 << 15) - 1)
    note = dropped(wide, right) if narrow == shifted else "saturates at 16 bits"
    yield Step("shifted", f"{accumulator} * 2^{shift}, ties upward", narrow, note)
    product = narrow * multiplier
    value = (product + (1 << 14)) >> 15
    note = dropped(product, 15) + _rounded(product >> 15, value)
    yield Step("requantized", f"({narrow} * {multiplier} + 2^14) >> 15", value, note)


@singledispatch
def epilogue_steps(epilogue: Any, accumulator: int, place: Place) -> Iterator[Step]:
    """What an epilogue does to the accumulator of a channel; nothing for classes without steps."""
    yield from ()


@epilogue_steps.register
def _(epilogue: QuantizedEpilogue, accumulator: int, place: Place) -> Iterator[Step]:
    yield from _finished(epilogue, accumulator, place, 32)


@epilogue_steps.register
def _(epilogue: NarrowEpilogue, accumulator: int, place: Place) -> Iterator[Step]:
    yield from _finished(epilogue, accumulator, place, 16)


def _finished(epilogue: Any, accumulator: int, place: Place, bits: int) -> Iterator[Step]:
    """Requantize, add the offset in so many bits, clamp."""
    *steps, requantized = requantizer_steps(epilogue.requantizer, accumulator, place)
    yield from (*steps, requantized)
    wide, half = int(requantized.value) + epilogue.output_offset, 1 << (bits - 1)
    shifted = (wide + half) % (2 * half) - half
    note = "" if wide == shifted else f"wraps in int{bits}"
    yield Step("offset added", f"{requantized.value} + {epilogue.output_offset}", shifted, note)
    yield clamp_step(shifted, epilogue.activation_min, epilogue.activation_max)


def clamp_step(value: int, low: int, high: int) -> Step:
    """The clamp to the range of a type or an activation."""
    clamped = min(max(value, low), high)
    note = (
        ""
        if clamped == value
        else f"clamped, {abs(value - clamped)} beyond the {'lower' if value < low else 'upper'} end"
    )
    return Step("output", f"clamp({value}, {low}, {high})", clamped, note)
