"""Bilinear interpolation of codes: what is done along a column comes first, for a whole row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from pytflite.kernels._compile import helper
from pytflite.kernels.engine.memory import pointer, share, word

carray: Any = numba.carray  # type: ignore[attr-defined]

(
    INPUT, OUTPUT, BATCHES, IMAGE_H, IMAGE_W, CHANNELS, OUTPUT_H, OUTPUT_W, ABOVE, BELOW, ROW_WEIGHTS, LEFT, RIGHT,
    COLUMN_WEIGHTS, BITS,
) = range(15)  # fmt: skip
"""Words of the block: positions are int64, weights pairs of float32 or int32. Scratch: two rows of 4 bytes a code."""


@helper
def blend_floats(upper: Any, lower: Any, left: Any, right: Any, a: Any, b: Any, output: Any) -> None:
    """One pixel of products that are added from the top left over the bottom left and the top right."""
    for c in range(output.shape[0]):
        total = upper[left + c] * a + lower[left + c] * a
        total = (total + upper[right + c] * b) + lower[right + c] * b
        output[c] = np.uint8(np.int32(total + np.float32(0.5)))


@helper
def blend_corners(upper: Any, lower: Any, left: Any, right: Any, a: Any, b: Any, c: Any, d: Any, output: Any) -> None:
    """One pixel of corners, each with a weight of its own, added from the top left over the top right."""
    for k in range(output.shape[0]):
        total = (upper[left + k] * a + upper[right + k] * b) + lower[left + k] * c
        output[k] = np.uint8(np.int32((total + lower[right + k] * d) + np.float32(0.5)))


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
                left, right = word(word(p, LEFT), x) * channels, word(word(p, RIGHT), x) * channels
                pixel = carray(pointer(word(p, OUTPUT) + (line * output_w + x) * channels, np.uint8), channels)
                a, b = column_weights[x, 0], column_weights[x, 1]
                if weights_first:
                    above, below = row_weights[y, 0], row_weights[y, 1]
                    blend_corners(rows[0], rows[1], left, right, above * a, above * b, below * a, below * b, pixel)
                else:
                    blend_floats(rows[0], rows[1], left, right, a, b, pixel)

    return resize_float


@helper
def blend_integers(row: Any, left: Any, right: Any, a: Any, b: Any, bits: Any, away: Any, output: Any) -> None:
    """One pixel of sums of products, divided by a power of two, ties up or away from zero."""
    half = np.int32(1) << (bits - np.int32(1))
    for c in range(output.shape[0]):
        total = np.int32(np.int32(row[left + c] * a) + np.int32(row[right + c] * b))
        ties = (total >> np.int32(31)) if away else np.int32(0)
        output[c] = np.uint8(np.int32(np.int32(total + half) + ties) >> bits)


def make_integer(signed: int, away: int) -> Callable[..., None]:
    """Exact, divided by a power of two; codes are int8 or uint8, ties go away from zero or up."""

    def resize_integer(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        output_h, output_w, channels = word(p, OUTPUT_H), word(p, OUTPUT_W), word(p, CHANNELS)
        size, bits = word(p, IMAGE_W) * channels, np.int32(word(p, BITS))
        sums = carray(pointer(scratch, np.int32), size)
        row_weights = carray(pointer(word(p, ROW_WEIGHTS), np.int32), (output_h, 2))
        column_weights = carray(pointer(word(p, COLUMN_WEIGHTS), np.int32), (output_w, 2))
        first, last = share(word(p, BATCHES) * output_h, part, parts)
        for line in range(first, last):
            n, y = line // output_h, line % output_h
            above = word(p, INPUT) + (n * word(p, IMAGE_H) + word(word(p, ABOVE), y)) * size
            below = word(p, INPUT) + (n * word(p, IMAGE_H) + word(word(p, BELOW), y)) * size
            a, b = row_weights[y, 0], row_weights[y, 1]
            if signed:
                upper, lower = carray(pointer(above, np.int8), size), carray(pointer(below, np.int8), size)
                for i in range(size):
                    sums[i] = np.int32(np.int32(upper[i]) * a) + np.int32(np.int32(lower[i]) * b)
            else:
                upper_u, lower_u = carray(pointer(above, np.uint8), size), carray(pointer(below, np.uint8), size)
                for i in range(size):
                    sums[i] = np.int32(np.int32(upper_u[i]) * a) + np.int32(np.int32(lower_u[i]) * b)
            for x in range(output_w):
                left, right = word(word(p, LEFT), x) * channels, word(word(p, RIGHT), x) * channels
                pixel = carray(pointer(word(p, OUTPUT) + (line * output_w + x) * channels, np.uint8), channels)
                blend_integers(sums, left, right, column_weights[x, 0], column_weights[x, 1], bits, away, pixel)

    return resize_integer
