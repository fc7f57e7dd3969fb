"""Memory by address: words of an argument block, and copies that widen codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic
from numba.np.arrayobj import np_cfarray

from pytflite.kernels._front import helper
from pytflite.kernels.engine._ir import Loop, constant, i8, i16, i64, load, splat, store
from pytflite.kernels.engine.isa import LANES, codes, shorts

emitted: Callable[..., Any] = intrinsic
"""Decorator: a function that compiled code calls and whose LLVM IR is emitted by hand."""


def emitted_kernel(emit_body: Callable[[Any, Any, Any], None]) -> Callable[..., None]:
    """A kernel whose body is emitted by hand: from the builder, the block and the scratch memory."""

    @emitted
    def body(typing: Any, p: Any, scratch: Any) -> Any:
        def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
            emit_body(b, *arguments)
            return context.get_dummy_value()

        return types.void(types.int64, types.int64), emit

    def kernel(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        body(p, scratch)

    return kernel


@emitted
def word(typing: Any, block: Any, index: Any) -> Any:
    """The int64 of an index in a block."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        block, index = arguments
        return load(b, b.add(block, b.shl(index, constant(i64, 3))), i64, align=8)

    return types.int64(types.int64, types.int64), emit


@emitted
def put_word(typing: Any, block: Any, index: Any, value: Any) -> Any:
    """Write the int64 of an index in a block."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        block, index, value = arguments
        store(b, value, b.add(block, b.shl(index, constant(i64, 3))), align=8)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), emit


@emitted
def pointer(typing: Any, address: Any, dtype: Any) -> Any:
    """An address as a pointer to elements of a NumPy type, for `carray`."""
    result = types.CPointer(dtype.dtype)  # type: ignore[no-untyped-call]

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        return b.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return result(types.int64, dtype), emit


@emitted
def carray(typing: Any, start: Any, shape: Any) -> Any:
    """The array of a shape at a pointer; `numba.carray`, which is a function of its own for every type of array."""
    dimensions = len(shape) if isinstance(shape, types.BaseTuple) else 1
    return types.Array(start.dtype, dimensions, "C")(start, shape), np_cfarray


@helper
def share(total: Any, part: Any, parts: Any) -> Any:
    """Where one of so many parts of a total begins and ends."""
    return total * part // parts, total * (part + 1) // parts


@helper
def rows_of(p: Any, walk: Any, part: Any, parts: Any) -> Any:
    """Which share of a walk (`words.WALK`) a part is: first row, last row, first element of each, last element."""
    rows, count = word(p, walk) * word(p, walk + 1) * word(p, walk + 2), word(p, walk + 3)
    if rows == 1:
        lower, upper = share(count, part, parts)
        return np.int64(0), rows, lower, upper
    first, last = share(rows, part, parts)
    return first, last, np.int64(0), count


@helper
def start_of(p: Any, walk: Any, operand: Any, row: Any) -> Any:
    """How many bytes into an operand a row of a walk begins."""
    middle, inner, steps = word(p, walk + 1), word(p, walk + 2), walk + 4 * (operand + 1)
    outer, k = row // inner, row % inner
    return outer // middle * word(p, steps) + outer % middle * word(p, steps + 1) + k * word(p, steps + 2)


@emitted
def widen(typing: Any, source: Any, target: Any, count: Any, flip: Any, offset: Any) -> Any:
    """``count`` codes, at least one, to int16, ``flip`` exclusive-ored and ``offset`` added.

    Reads and writes whole vectors of 16.
    """

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        source, target, count, flip, offset = arguments
        flips = splat(b, b.trunc(flip, i8), 16)
        offsets = splat(b, b.trunc(offset, i16), 16)
        loop = Loop(b, constant(i64, 0), [])
        flipped = b.xor(load(b, b.add(source, loop.index), codes), flips)
        store(b, b.add(b.sext(flipped, shorts), offsets), b.add(target, b.shl(loop.index, constant(i64, 1))))
        loop.end(16, count, [])
        return context.get_dummy_value()

    return types.void(*[types.int64] * 5), emit


@emitted
def flip_codes(typing: Any, source: Any, target: Any, count: Any, flip: Any) -> Any:
    """``count`` codes, at least one, ``flip`` exclusive-ored. Reads and writes whole vectors, of up to 64."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        source, target, count, flip = arguments
        flips = splat(b, b.trunc(flip, i8), 4 * LANES)
        loop = Loop(b, constant(i64, 0), [])
        store(b, b.xor(load(b, b.add(source, loop.index), flips.type), flips), b.add(target, loop.index))
        loop.end(4 * LANES, count, [])
        return context.get_dummy_value()

    return types.void(*[types.int64] * 4), emit


@emitted
def fill(typing: Any, target: Any, count: Any, value: Any) -> Any:
    """The same byte over ``count`` bytes, at least one; whole vectors of 16."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        target, count, value = arguments
        bytes = splat(b, b.trunc(value, i8), 16)
        loop = Loop(b, constant(i64, 0), [])
        store(b, bytes, b.add(target, loop.index))
        loop.end(16, count, [])
        return context.get_dummy_value()

    return types.void(*[types.int64] * 3), emit
