"""Depthwise convolutions of int16: taps in pairs, two vectors of channels at a time.

As `depthwise`, without anything to widen; outside of the image there is a row of zeros.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types

from pytflite.kernels.engine._ir import Loop, at, constant, i64, load, shuffle
from pytflite.kernels.engine.epilogue import HEAD
from pytflite.kernels.engine.isa import ISA, LANES, int16s, int32s
from pytflite.kernels.engine.memory import emitted, put_word, share, word
from pytflite.kernels.engine.panels import put_addresses
from pytflite.kernels.engine.short_gemm import finish

(
    INPUT, OUTPUT, WEIGHTS, PAIRS, BOUNDS, CHANNELS, BLOCK_BYTES, OUTSIDE, BATCHES,
    IMAGE_H, IMAGE_W, FILTER_H, FILTER_W, STRIDE_H, STRIDE_W, DILATION_H, DILATION_W,
    PAD_TOP, PAD_LEFT, OUTPUT_H, OUTPUT_W,
) = range(21)  # fmt: skip
"""Words of the block. Scratch: an address per tap, an even number of them, and output column."""


@emitted(prefer_literal=True)
def row(
    typing: Any, recipe: Any,
    taps: Any, pairs: Any, offset: Any, weights: Any, bounds: Any, output: Any, pixel_bytes: Any, columns: Any,
    count: Any,
) -> Any:  # fmt: skip
    """Two vectors of channels of one output row.

    Args:
        typing: of numba.
        recipe: index into `RECIPES`; a literal.
        taps: addresses of the pixels under the taps of each output column, an even number of them.
        pairs: half of that number.
        offset: of the first channel in a pixel, in bytes.
        weights: address of the block: two heads, then pairs of weights.
        bounds: address of the two bounds of the activation: int16.
        output: address of the first code.
        pixel_bytes: from column to column of the output.
        columns: how many, at least one.
        count: how many channels there are.
    """
    literal = recipe.literal_value

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        _emit_row(b, literal, *arguments[1:])
        return context.get_dummy_value()

    return types.void(recipe, *[types.int64] * 9), emit


def _emit_row(
    b: Any, recipe: int, taps: Any, pairs: Any, offset: Any, weights: Any, bounds: Any, output: Any, pixel_bytes: Any,
    columns: Any, count: Any,
) -> None:  # fmt: skip
    zero, size = constant(i64, 0), 4 * LANES
    bias = [load(b, weights, int32s, HEAD * v, size) for v in (0, 1)]
    column = Loop(b, zero, [taps, output])
    tap, target = column.carried
    pair = Loop(b, zero, [tap, at(b, weights, 2 * HEAD), *bias])
    address, matrix, *sums = pair.carried
    first, second = (load(b, b.add(load(b, address, i64, 8 * k, 8), offset), int16s) for k in (0, 1))
    for v in (0, 1):
        lanes = [lane for k in range(LANES * v, LANES * (v + 1)) for lane in (k, 2 * LANES + k)]
        pixels = shuffle(b, lanes, first, second)
        sums[v] = ISA.dot(b, sums[v], pixels, load(b, matrix, int16s, size * v, size))
    pair.end(1, pairs, [at(b, address, 16), at(b, matrix, 2 * size), *sums])
    finish(b, recipe, sums, weights, bounds, target, count)
    following = b.add(tap, b.shl(pairs, constant(i64, 4)))
    column.end(1, columns, [following, b.add(target, pixel_bytes)])


def make(recipe: int) -> Callable[..., None]:
    """A kernel with an epilogue; its block has the words above."""

    def short_depthwise(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        channels, image_h, image_w = word(p, CHANNELS), word(p, IMAGE_H), word(p, IMAGE_W)
        output_h, output_w, pairs = word(p, OUTPUT_H), word(p, OUTPUT_W), word(p, PAIRS)
        filter_h, filter_w, outside = word(p, FILTER_H), word(p, FILTER_W), word(p, OUTSIDE)
        for x in range(output_w):
            put_word(scratch, 2 * pairs * (x + 1) - 1, outside)
        first_row, last_row = share(word(p, BATCHES) * output_h, part, parts)
        for output_row in range(first_row, last_row):
            n, y = output_row // output_h, output_row % output_h
            for i in range(filter_h):
                line = y * word(p, STRIDE_H) - word(p, PAD_TOP) + i * word(p, DILATION_H)
                image_row = word(p, INPUT) + 2 * (n * image_h + line) * image_w * channels
                image_row = image_row if line >= 0 and line < image_h else np.int64(0)
                for j in range(filter_w):
                    tap, left = scratch + 8 * (i * filter_w + j), j * word(p, DILATION_W) - word(p, PAD_LEFT)
                    put_addresses(
                        tap, 2 * pairs, image_row, left, word(p, STRIDE_W), 2 * channels, image_w, output_w, outside
                    )
            output = word(p, OUTPUT) + 2 * output_row * output_w * channels
            for channel in range(0, channels, 2 * LANES):
                row(
                    recipe, scratch, pairs, 2 * channel,
                    word(p, WEIGHTS) + channel // (2 * LANES) * word(p, BLOCK_BYTES), word(p, BOUNDS),
                    output + 2 * channel, 2 * channels, output_w, channels - channel,
                )  # fmt: skip

    return short_depthwise
