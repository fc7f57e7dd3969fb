"""Depthwise convolutions: taps in pairs, 16 channels at a time.

The codes of two taps are interleaved, so that one multiplication gives the sum of two products of a channel. Zero
points are folded into the bias; outside of the image there is a row of zero points.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import types

from pytflite.kernels.engine._ir import Loop, at, constant, i64, load, shuffle
from pytflite.kernels.engine.epilogue import HEAD, RECIPES, finish, store_codes
from pytflite.kernels.engine.isa import ISA, int8s, int16s, int32s
from pytflite.kernels.engine.memory import emitted, put_word, share, word

(
    INPUT, OUTPUT, WEIGHTS, PAIRS, EPILOGUE, CHANNELS, BLOCK_BYTES, OUTSIDE, FLIPS, BATCHES,
    IMAGE_H, IMAGE_W, FILTER_H, FILTER_W, STRIDE_H, STRIDE_W, DILATION_H, DILATION_W,
    PAD_TOP, PAD_LEFT, OUTPUT_H, OUTPUT_W,
) = range(22)  # fmt: skip
"""Words of the block. Scratch: an address per tap, an even number of them, and output column."""


@emitted(prefer_literal=True)
def row(
    typing: Any, recipe: Any,
    taps: Any, pairs: Any, channel: Any, weights: Any, epilogue: Any, flips: Any,
    output: Any, pixel_bytes: Any, columns: Any, count: Any,
) -> Any:  # fmt: skip
    """16 channels of one output row.

    Args:
        typing: of numba.
        recipe: index into `RECIPES`; a literal.
        taps: addresses of the pixels under the taps of each output column, an even number of them.
        pairs: half of that number.
        channel: the first one.
        weights: address of the block: two heads, then pairs of weights of 16 channels.
        epilogue: address of the constants of `finish`.
        flips: address of 16 bytes that are exclusive-ored to the input.
        output: address of the first code.
        pixel_bytes: from column to column of the output.
        columns: how many, at least one.
        count: how many channels there are.
    """
    literal = recipe.literal_value

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        _emit_row(b, literal, *arguments[1:])
        return context.get_dummy_value()

    return types.void(recipe, *[types.int64] * 10), emit


def _emit_row(
    b: Any, recipe: int, taps: Any, pairs: Any, channel: Any, weights: Any, epilogue: Any, flips: Any,
    output: Any, pixel_bytes: Any, columns: Any, count: Any,
) -> None:  # fmt: skip
    zero = constant(i64, 0)
    flipped = load(b, flips, int8s, align=16)
    bias = [load(b, weights, int32s, HEAD * v, 32) for v in (0, 1)]
    column = Loop(b, zero, [taps, output])
    tap, target = column.carried
    pair = Loop(b, zero, [tap, at(b, weights, 2 * HEAD), *bias])
    address, matrix, *sums = pair.carried
    first, second = (b.xor(load(b, b.add(load(b, address, i64, 8 * k, 8), channel), int8s), flipped) for k in (0, 1))
    for v in (0, 1):
        lanes = [lane for k in range(8 * v, 8 * v + 8) for lane in (k, 16 + k)]
        pixels = b.sext(shuffle(b, lanes, first, second), int16s)
        sums[v] = b.add(sums[v], ISA.multiply_add(b, pixels, load(b, matrix, int16s, 32 * v, 32)))
    pair.end(1, pairs, [at(b, address, 16), at(b, matrix, 64), *sums])
    low, high = (RECIPES[recipe](b, sums[v], at(b, weights, HEAD * v + 32)) for v in (0, 1))
    store_codes(b, finish(b, low, high, epilogue), target, count)
    following = b.add(tap, b.shl(pairs, constant(i64, 4)))
    column.end(1, columns, [following, b.add(target, pixel_bytes)])


def make(recipe: int) -> Callable[..., None]:
    """A kernel with an epilogue; its block has the words above."""

    def depthwise(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        channels, image_h, image_w = word(p, CHANNELS), word(p, IMAGE_H), word(p, IMAGE_W)
        output_h, output_w = word(p, OUTPUT_H), word(p, OUTPUT_W)
        filter_h, filter_w = word(p, FILTER_H), word(p, FILTER_W)
        stride_h, stride_w, pad_top, pad_left = (
            word(p, STRIDE_H),
            word(p, STRIDE_W),
            word(p, PAD_TOP),
            word(p, PAD_LEFT),
        )
        dilation_h, dilation_w = word(p, DILATION_H), word(p, DILATION_W)
        taps, pairs, outside, input = scratch, word(p, PAIRS), word(p, OUTSIDE), word(p, INPUT)
        for x in range(output_w):
            put_word(taps, 2 * pairs * (x + 1) - 1, outside)
        first_row, last_row = share(word(p, BATCHES) * output_h, part, parts)
        for output_row in range(first_row, last_row):
            n, y = output_row // output_h, output_row % output_h
            for i in range(filter_h):
                line = y * stride_h - pad_top + i * dilation_h
                first = input + (n * image_h + line) * image_w * channels
                for x in range(output_w):
                    left, k = x * stride_w - pad_left, 2 * pairs * x + i * filter_w
                    for j in range(filter_w):
                        column = left + j * dilation_w
                        inside = line >= 0 and line < image_h and column >= 0 and column < image_w
                        put_word(taps, k + j, first + column * channels if inside else outside)
            output = word(p, OUTPUT) + output_row * output_w * channels
            for channel in range(0, channels, 16):
                row(
                    recipe, taps, pairs, channel, word(p, WEIGHTS) + channel // 16 * word(p, BLOCK_BYTES),
                    word(p, EPILOGUE), word(p, FLIPS), output + channel, channels, output_w, channels - channel,
                )  # fmt: skip

    return depthwise
