"""Depthwise convolutions of float32: tap by tap, some vectors of channels at a time.

Outside of the image there is a row of zeros (a product with zero changes no sum as long as weights are finite).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types

from pytflite.kernels.engine._ir import Loop, at, constant, i64, load
from pytflite.kernels.engine.float_vectors import clamp, floats, multiply_add, store_floats
from pytflite.kernels.engine.memory import emitted, share, word
from pytflite.kernels.engine.panels import put_addresses
from pytflite.kernels.engine.target import FLOATS

(
    INPUT, OUTPUT, WEIGHTS, BOUNDS, CHANNELS, BLOCK_BYTES, OUTSIDE, BATCHES,
    IMAGE_H, IMAGE_W, FILTER_H, FILTER_W, STRIDE_H, STRIDE_W, DILATION_H, DILATION_W,
    PAD_TOP, PAD_LEFT, OUTPUT_H, OUTPUT_W, ROW_STEP, COLUMN_STEP,
) = range(22)  # fmt: skip
"""Words of the block. Scratch: an address per tap and output column."""


@emitted(prefer_literal=True)
def row(
    typing: Any, vectors: Any, fused: Any,
    taps: Any, count: Any, offset: Any, weights: Any, bounds: Any, output: Any, pixel_bytes: Any, columns: Any,
    channels: Any,
) -> Any:  # fmt: skip
    """Some vectors of channels of one output row.

    Args:
        typing: of numba.
        vectors: of `FLOATS` channels; a literal, as is the next one.
        fused: whether sums start at the bias and products are not rounded; otherwise the bias is added last.
        taps: addresses of the pixels under the taps of each output column.
        count: how many taps there are.
        offset: of the first channel in a pixel, in bytes.
        weights: address of the block: the bias of all vectors, then the weights of one tap after the other.
        bounds: address of the two bounds of the activation.
        output: address of the first float.
        pixel_bytes: from column to column of the output.
        columns: how many, at least one.
        channels: how many there are.
    """
    literals = vectors.literal_value, fused.literal_value

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        _emit_row(b, *literals, *arguments[2:])
        return context.get_dummy_value()

    return types.void(vectors, fused, *[types.int64] * 9), emit


def _emit_row(
    b: Any, vectors: int, fused: int,
    taps: Any, count: Any, offset: Any, weights: Any, bounds: Any, output: Any, pixel_bytes: Any, columns: Any,
    channels: Any,
) -> None:  # fmt: skip
    zero, size = constant(i64, 0), 4 * FLOATS
    column = Loop(b, zero, [taps, output])
    tap, target = column.carried
    start = [load(b, weights, floats, size * v, 4) if fused else constant(floats, 0.0) for v in range(vectors)]
    step = Loop(b, zero, [tap, at(b, weights, size * vectors), *start])
    address, matrix, *sums = step.carried
    pixel = b.add(load(b, address, i64, align=8), offset)
    totals = [
        multiply_add(
            b, total, load(b, pixel, floats, size * v, 4), load(b, matrix, floats, size * v, 4), fused=bool(fused)
        )
        for v, total in enumerate(sums)
    ]
    step.end(1, count, [at(b, address, 8), at(b, matrix, size * vectors), *totals])
    for v, total in enumerate(totals):
        if not fused:
            total = b.fadd(total, load(b, weights, floats, size * v, 4))
        left = b.sub(channels, constant(i64, FLOATS * v))
        store_floats(b, clamp(b, total, bounds), at(b, target, size * v), left)
    column.end(1, columns, [b.add(tap, b.shl(count, constant(i64, 3))), b.add(target, pixel_bytes)])


def make(vectors: int, fused: int) -> Callable[..., None]:
    """A kernel for some vectors of channels at a time; its block has the words above."""

    def float_depthwise(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        channels, image_h, image_w = word(p, CHANNELS), word(p, IMAGE_H), word(p, IMAGE_W)
        output_h, output_w = word(p, OUTPUT_H), word(p, OUTPUT_W)
        filter_h, filter_w = word(p, FILTER_H), word(p, FILTER_W)
        taps, count, outside = scratch, filter_h * filter_w, word(p, OUTSIDE)
        first_row, last_row = share(word(p, BATCHES) * output_h, part, parts)
        for output_row in range(first_row, last_row):
            n, y = output_row // output_h, output_row % output_h
            for i in range(filter_h):
                line = y * word(p, STRIDE_H) - word(p, PAD_TOP) + i * word(p, DILATION_H)
                image_row = word(p, INPUT) + (n * image_h + line) * image_w * 4 * channels
                image_row = image_row if line >= 0 and line < image_h else np.int64(0)
                for j in range(filter_w):
                    tap = taps + 8 * (i * word(p, ROW_STEP) + j * word(p, COLUMN_STEP))
                    left = j * word(p, DILATION_W) - word(p, PAD_LEFT)
                    put_addresses(
                        tap, count, image_row, left, word(p, STRIDE_W), 4 * channels, image_w, output_w, outside
                    )
            output = word(p, OUTPUT) + output_row * output_w * 4 * channels
            for block in range(-(-channels // (vectors * FLOATS))):
                channel = block * vectors * FLOATS
                row(
                    vectors, fused, taps, count, 4 * channel, word(p, WEIGHTS) + block * word(p, BLOCK_BYTES),
                    word(p, BOUNDS), output + 4 * channel, 4 * channels, output_w, channels - channel,
                )  # fmt: skip

    return float_depthwise
