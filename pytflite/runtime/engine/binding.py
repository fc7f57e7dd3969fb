"""What it takes to bind a prepared node to a kernel of the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.requantize import (
    DoubleRounding,
    Float32,
    Float64,
    Float64Saturating,
    Requantizer,
    Rndnu,
    RoundingLast,
    RoundingUp,
    RoundingUpByChannels,
    RoundingUpThenLeft,
    Single,
    Wide,
)
from pytflite.kernels.engine import packing
from pytflite.kernels.engine.buffers import aligned
from pytflite.kernels.engine.program import Key, address
from pytflite.kernels.engine.words import WALK
from pytflite.plan.node import PreparedNode

Array = npt.NDArray[Any]

INT32_MAX = (1 << 31) - 1

ONCE = (Single, RoundingLast, Rndnu)
"""Requantizers of one rounding, ties up; for small accumulators they are the same."""


class Operand(NamedTuple):
    """One input of a node.

    Attributes:
        array: where its value is when the node runs, with `pytflite.kernels.engine.SLACK` behind it.
        is_constant: whether the value is already there, and stays.
    """

    array: Array
    is_constant: bool


class Call(NamedTuple):
    """One call of a kernel.

    Attributes:
        kernel: name and literals (`pytflite.kernels.engine.makers`).
        words: of the block: numbers; arrays and other kernels, which stand for their addresses.
        parts: into how many parts it may be split and still be worth it; the kernel is told which one it is to compute.
        scratch: how many bytes of scratch memory it takes.
        failed: a word that the kernel sets where it cannot compute with the values; None if it always can.
    """

    kernel: Key
    words: Sequence[Any]
    parts: int = 1
    scratch: int = 0
    failed: Array | None = None

    def kernels(self) -> list[Key]:
        """All kernels that it calls."""
        return [self.kernel, *(word for word in self.words if isinstance(word, tuple))]

    def block(self) -> Array:
        """The argument block: int64, good for as long as the arrays live."""
        block = aligned(8 * len(self.words)).view(np.int64)
        block[:] = [_number(word) for word in self.words]
        return block


def _number(word: Any) -> int:
    if isinstance(word, np.ndarray):
        return word.ctypes.data
    return address(word) if isinstance(word, tuple) else int(word)


Calls = list[Call] | None

Binder = Callable[[PreparedNode, Sequence[Operand | None], Sequence[Array]], Calls]
"""Calls that compute the outputs of a node from its inputs; None if the engine has nothing for it."""

ANY = "*"

BINDERS: dict[tuple[str, str], Binder] = {}
"""By operator and rule; or, for `ANY` operator, by the name of the rule's plain kernel."""


def binder(op: str, *rules: str) -> Callable[[Binder], Binder]:
    """Decorator: register a binder for rules of an operator, or for plain kernels of `ANY`."""

    def register(function: Binder) -> Binder:
        BINDERS.update({(op, rule): function for rule in rules})
        return function

    return register


LEAST_ELEMENTS = 1 << 13
"""How many elements a part of an elementwise call has at least."""


def parts_of(elements: int) -> int:
    """Into how many parts to split an elementwise call."""
    return max(elements // LEAST_ELEMENTS, 1)


def axes_of(*views: Array) -> list[list[int]]:
    """Size and steps in bytes of the axes of some views of one shape; those that can be walked over as one are one."""
    joined: list[list[int]] = []
    for axis in map(list, zip(views[0].shape, *(view.strides for view in views), strict=True)):
        if axis[0] == 1:
            continue
        if joined and all(outer == axis[0] * inner for outer, inner in zip(joined[-1][1:], axis[1:], strict=True)):
            axis[0] *= joined.pop()[0]
        joined.append(axis)
    return joined


def walk_of(*views: Array) -> list[int] | None:
    """The words of a walk (`pytflite.kernels.engine.words.WALK`) over views of one shape; None if it has more axes."""
    sizes = [view.itemsize for view in views]
    axes = axes_of(*views)
    if not axes or any(step not in (0, size) for step, size in zip(axes[-1][1:], sizes, strict=True)):
        axes.append([1, *sizes])
    if len(axes) > WALK:
        return None
    return np.array([[1, *sizes]] * (WALK - len(axes)) + axes).T.ravel().tolist()


def numbers(dtype: npt.DTypeLike, *values: Any) -> Array:
    """Numbers of a type that a kernel reads."""
    array: Array = aligned(np.dtype(dtype).itemsize * len(values)).view(dtype)
    array[:] = values
    return array


def is_code(array: Array) -> bool:
    """Whether elements are int8 or uint8."""
    return array.dtype in (np.int8, np.uint8)


def is_short_code(array: Array) -> bool:
    """Whether elements are int8, uint8 or int16."""
    return is_code(array) or array.dtype == np.int16


def flip_of(array: Array) -> int:
    """What brings codes to int8 by exclusive or: the top bit of uint8."""
    return 0x80 if array.dtype == np.uint8 else 0


def signed_offset(array: Array, offset: int) -> int:
    """An offset of codes, for codes that were flipped to int8."""
    return offset + flip_of(array)


def left_factors(requantizer: Requantizer, channels: int) -> Array:
    """What a requantizer multiplies accumulators by before anything else: int64, one per channel."""
    field = 0 if isinstance(requantizer, Wide) else getattr(requantizer, "shift", 0)
    shift: Array = np.broadcast_to(field, channels).astype(np.int64)
    return np.int64(1) << np.clip(shift, 0, 32)


def ties_up(requantizer: Requantizer, channels: int) -> int | None:
    """How many channels, from the first on, round ties of the last rounding up; the others, away from zero.

    None for all but fixed-point requantizers.
    """
    match requantizer:
        case DoubleRounding():
            return 0
        case RoundingUpByChannels():
            return requantizer.grouped
        case RoundingUp() | Single() | RoundingLast() | Rndnu():
            return channels
        case RoundingUpThenLeft(_, shift) if (shift <= 0).all():
            return channels
    return None


def recipe_of(requantizer: Requantizer, reach: Array, *, rectified: bool) -> packing.Recipe | None:
    """How the engine requantizes accumulators that were multiplied by `left_factors`; None if it cannot do so exactly.

    Args:
        requantizer: of the epilogue.
        reach: largest magnitude of such an accumulator, one per channel.
        rectified: whether no code below the output's zero point passes.
    """
    channels, largest = len(reach), INT32_MAX >> isinstance(requantizer, RoundingLast | Rndnu)
    if channels == 0 or reach.max() >= largest:
        return None
    match requantizer:
        case Float64(scale) | Float64Saturating(scale) if (reach * np.abs(scale)).max() < INT32_MAX:
            return packing.Recipe(packing.FLOAT64, (np.broadcast_to(scale, channels),))
        case Float32(scale) if (reach * np.abs(scale.astype(np.float64))).max() < 1 << 30:
            return packing.Recipe(packing.FLOAT32, (np.broadcast_to(scale, channels),))
        case Wide() if (requantizer.shift < 15).all():
            multiplier, shift = fixed_point_of(requantizer, channels)
            return packing.Recipe(packing.WIDE, (multiplier, np.int64(1) << (14 - shift), 15 - shift))
    grouped = ties_up(requantizer, channels)
    if grouped is None:
        return None
    multiplier, shift = fixed_point_of(requantizer, channels)
    exponent = np.maximum(-shift, 0)
    high = (reach * np.abs(multiplier) >> 31) + 1
    half = np.int64(1) << np.maximum(exponent - 1, 0)
    if (multiplier < 0).any() or (high + half).max() >= INT32_MAX:
        return None
    away = (np.arange(channels) >= grouped) & (not rectified)
    return packing.fixed_point(multiplier, exponent, away, once=isinstance(requantizer, ONCE))


def fixed_point_of(requantizer: Any, channels: int) -> tuple[Array, Array]:
    """Multiplier and shift of a fixed-point requantizer: int64, one per channel."""
    fields = requantizer.multiplier, requantizer.shift
    multiplier, shift = (np.broadcast_to(field, channels).astype(np.int64) for field in fields)
    return multiplier, shift


def binder_of(node: PreparedNode) -> Binder | None:
    """The binder for the operator and rule of a node, or for the plain kernel that it runs; None if there is none."""
    return BINDERS.get((node.op.name, node.rule.name)) or BINDERS.get((ANY, node.rule.kernel))


def arrays_of(node: PreparedNode, inputs: Sequence[Operand | None], *changing: str) -> dict[str, Array] | None:
    """The inputs that are there, by name; None unless all are constant but for some, of which none is."""
    roles = zip(node.op.input_roles, inputs, strict=False)
    operands = {role.name: operand for role, operand in roles if operand is not None}
    if any(operand.is_constant == (name in changing) for name, operand in operands.items()):
        return None
    return {name: operand.array for name, operand in operands.items()}
