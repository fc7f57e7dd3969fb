"""Bilinear interpolation of codes: what is done along a column comes first, for a whole row."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
from numba import types

from pytflite.kernels.engine._ir import Loop, constant, f32, i8, i16, i32, i64, load, splat, vector
from pytflite.kernels.engine.epilogue import store_codes
from pytflite.kernels.engine.memory import carray, emitted, pointer, share, word
from pytflite.kernels.engine.short_gemm import store_shorts

(
    INPUT, OUTPUT, BATCHES, IMAGE_H, IMAGE_W, CHANNELS, OUTPUT_H, OUTPUT_W, ABOVE, BELOW, ROW_WEIGHTS, LEFT, RIGHT,
    COLUMN_WEIGHTS, BITS,
) = range(15)  # fmt: skip
"""Words of the block: positions are int64, weights pairs of float32 or int32. Scratch: two rows of 4 bytes a code."""


codes = vector(i8, 16)


@emitted
def blend_floats(
    typing: Any, corner1: Any, corner2: Any, corner3: Any, corner4: Any,
    weight1: Any, weight2: Any, weight3: Any, weight4: Any, output: Any, channels: Any, left: Any,
) -> Any:  # fmt: skip
    """One pixel of corners times weights, added in order, plus one half, cut off.

    Whole vectors are written as long as that many codes are ``left`` for output.

    Args:
        typing: of numba.
        corner1: address of float32, as are the next three.
        corner2: the second.
        corner3: the third.
        corner4: the fourth.
        weight1: of the first corner: float32, as are the next three.
        weight2: of the second.
        weight3: of the third.
        weight4: of the fourth.
        output: address of the pixel.
        channels: how many codes it has.
        left: how many may be written.
    """

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        corners, weights, (output, channels, left) = arguments[:4], arguments[4:8], arguments[8:]
        loop, floats = Loop(b, constant(i64, 0), []), vector(f32, 16)
        behind = b.shl(loop.index, constant(i64, 2))
        products = [
            b.fmul(load(b, b.add(corner, behind), floats, align=4), splat(b, weight, 16))
            for corner, weight in zip(corners, weights, strict=True)
        ]
        total = b.fadd(reduce(b.fadd, products), constant(floats, 0.5))
        code = b.trunc(b.fptosi(total, vector(i32, 16)), codes)
        store_codes(b, code, b.add(output, loop.index), b.sub(left, loop.index))
        loop.end(16, channels, [])
        return context.get_dummy_value()

    return types.void(*[types.int64] * 4, *[types.float32] * 4, *[types.int64] * 3), emit


@emitted(prefer_literal=True)
def blend_integers(
    typing: Any, away: Any, corner1: Any, corner2: Any, weight1: Any, weight2: Any, bits: Any, output: Any,
    channels: Any, left: Any,
) -> Any:  # fmt: skip
    """One pixel of int32 times weights, divided by a power of two.

    Args:
        typing: of numba.
        away: whether ties go away from zero, or up; a literal.
        corner1: address of int32, as is the next one.
        corner2: the second.
        weight1: of the first.
        weight2: of the second.
        bits: the exponent of the divisor.
        output: address of the pixel.
        channels: how many codes it has.
        left: how many may be written.
    """
    literal = away.literal_value

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        corners, weights, (bits, output, channels, left) = arguments[1:3], arguments[3:5], arguments[5:]
        loop, ints = Loop(b, constant(i64, 0), []), vector(i32, 16)
        behind, shift = b.shl(loop.index, constant(i64, 2)), b.trunc(bits, i32)
        products = [
            b.mul(load(b, b.add(corner, behind), ints, align=4), splat(b, b.trunc(weight, i32), 16))
            for corner, weight in zip(corners, weights, strict=True)
        ]
        total = b.add(*products)
        half = b.shl(constant(i32, 1), b.sub(shift, constant(i32, 1)))
        rounded = b.add(total, splat(b, half, 16))
        if literal:
            rounded = b.add(rounded, b.ashr(total, constant(ints, 31)))
        code = b.trunc(b.ashr(rounded, splat(b, shift, 16)), codes)
        store_codes(b, code, b.add(output, loop.index), b.sub(left, loop.index))
        loop.end(16, channels, [])
        return context.get_dummy_value()

    return types.void(away, *[types.int64] * 8), emit


@emitted(prefer_literal=True)
def blend_shorts(
    typing: Any, away: Any, corner1: Any, corner2: Any, weight1: Any, weight2: Any, bits: Any, output: Any,
    channels: Any, left: Any,
) -> Any:  # fmt: skip
    """As `blend_integers`, of int16: sums have 64 bits."""
    literal = away.literal_value

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        corners, weights, (bits, output, channels, left) = arguments[1:3], arguments[3:5], arguments[5:]
        loop, wide = Loop(b, constant(i64, 0), []), vector(i64, 8)
        behind = b.shl(loop.index, constant(i64, 2))
        total = b.add(
            *(
                b.mul(b.sext(load(b, b.add(corner, behind), vector(i32, 8), align=4), wide), splat(b, weight, 8))
                for corner, weight in zip(corners, weights, strict=True)
            )
        )
        rounded = b.add(total, splat(b, b.shl(constant(i64, 1), b.sub(bits, constant(i64, 1))), 8))
        if literal:
            rounded = b.sub(rounded, b.lshr(total, constant(wide, 63)))
        code = b.trunc(b.lshr(rounded, splat(b, bits, 8)), vector(i16, 8))
        store_shorts(b, code, b.add(output, b.shl(loop.index, constant(i64, 1))), b.sub(left, loop.index))
        loop.end(8, channels, [])
        return context.get_dummy_value()

    return types.void(away, *[types.int64] * 8), emit


def make_float(weights_first: int) -> Callable[..., None]:
    """In float32, plus one half, cut off; the weights of a corner are multiplied first, or pixels by one of them."""

    def resize_float(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        output_h, output_w, channels = word(p, OUTPUT_H), word(p, OUTPUT_W), word(p, CHANNELS)
        size = word(p, IMAGE_W) * channels
        rows = carray(pointer(scratch, np.float32), (2, size))
        row_weights = carray(pointer(word(p, ROW_WEIGHTS), np.float32), (output_h, 2))
        column_weights = carray(pointer(word(p, COLUMN_WEIGHTS), np.float32), (output_w, 2))
        first, last = share(word(p, BATCHES) * output_h, part, parts)
        for line in range(first, last):
            n, y = line // output_h, line % output_h
            for k in range(2):
                row = n * word(p, IMAGE_H) + word(word(p, ABOVE + k), y)
                codes = carray(pointer(word(p, INPUT) + row * size, np.uint8), size)
                weight = np.float32(1) if weights_first else row_weights[y, k]
                for i in range(size):
                    rows[k, i] = np.float32(codes[i]) * weight
            for x in range(output_w):
                left = scratch + 4 * channels * word(word(p, LEFT), x)
                right = scratch + 4 * channels * word(word(p, RIGHT), x)
                output, free = word(p, OUTPUT) + (line * output_w + x) * channels, (output_w - x) * channels
                a, b = column_weights[x, 0], column_weights[x, 1]
                if weights_first:
                    above, below = row_weights[y, 0], row_weights[y, 1]
                    blend_floats(
                        left, right, left + 4 * size, right + 4 * size, above * a, above * b, below * a, below * b,
                        output, channels, free,
                    )  # fmt: skip
                else:
                    blend_floats(left, left + 4 * size, right, right + 4 * size, a, a, b, b, output, channels, free)

    return resize_float


def make_integer(kind: str, away: int) -> Callable[..., None]:
    """Exact, divided by a power of two; codes are of a type as NumPy names it, ties go away from zero or up."""
    dtype, size_of_code = np.dtype(kind).type, np.dtype(kind).itemsize
    blend = blend_integers if size_of_code == 1 else blend_shorts

    def resize_integer(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        output_h, output_w, channels = word(p, OUTPUT_H), word(p, OUTPUT_W), word(p, CHANNELS)
        size = word(p, IMAGE_W) * channels
        sums = carray(pointer(scratch, np.int32), size)
        row_weights = carray(pointer(word(p, ROW_WEIGHTS), np.int32), (output_h, 2))
        column_weights = carray(pointer(word(p, COLUMN_WEIGHTS), np.int32), (output_w, 2))
        first, last = share(word(p, BATCHES) * output_h, part, parts)
        for line in range(first, last):
            image, y = line // output_h * word(p, IMAGE_H), line % output_h
            above = word(p, INPUT) + (image + word(word(p, ABOVE), y)) * size * size_of_code
            below = word(p, INPUT) + (image + word(word(p, BELOW), y)) * size * size_of_code
            a, b = row_weights[y, 0], row_weights[y, 1]
            upper, lower = carray(pointer(above, dtype), size), carray(pointer(below, dtype), size)
            for i in range(size):
                sums[i] = np.int32(np.int32(upper[i]) * a) + np.int32(np.int32(lower[i]) * b)
            for x in range(output_w):
                left = scratch + 4 * channels * word(word(p, LEFT), x)
                right = scratch + 4 * channels * word(word(p, RIGHT), x)
                output = word(p, OUTPUT) + (line * output_w + x) * channels * size_of_code
                a, b = np.int64(column_weights[x, 0]), np.int64(column_weights[x, 1])
                blend(away, left, right, a, b, word(p, BITS), output, channels, (output_w - x) * channels)

    return resize_integer


def make_real() -> Callable[..., None]:
    """Of float32: top and bottom times the weight of the left, then of the right, added in order to a zero."""

    def resize_real(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        output_h, output_w, channels = word(p, OUTPUT_H), word(p, OUTPUT_W), word(p, CHANNELS)
        size = word(p, IMAGE_W) * channels
        rows = carray(pointer(scratch, np.float32), (2, size))
        row_weights = carray(pointer(word(p, ROW_WEIGHTS), np.float32), (output_h, 2))
        column_weights = carray(pointer(word(p, COLUMN_WEIGHTS), np.float32), (output_w, 2))
        first, last = share(word(p, BATCHES) * output_h, part, parts)
        for line in range(first, last):
            n, y = line // output_h, line % output_h
            for k in range(2):
                row = n * word(p, IMAGE_H) + word(word(p, ABOVE + k), y)
                pixels = carray(pointer(word(p, INPUT) + 4 * row * size, np.float32), size)
                for i in range(size):
                    rows[k, i] = pixels[i] * row_weights[y, k]
            for x in range(output_w):
                left, right = word(word(p, LEFT), x) * channels, word(word(p, RIGHT), x) * channels
                place = word(p, OUTPUT) + 4 * (line * output_w + x) * channels
                pixel = carray(pointer(place, np.float32), channels)
                a, b = column_weights[x, 0], column_weights[x, 1]
                for c in range(channels):
                    total = (rows[0, left + c] * a + rows[1, left + c] * a) + rows[0, right + c] * b
                    pixel[c] = (total + rows[1, right + c] * b) + np.float32(0)

    return resize_real
