"""Depthwise convolutions: taps in groups, a few vectors of channels at a time.

The codes of the taps of a group are interleaved, so that one instruction gives the sum of their products of a channel.
Zero points are folded into the bias; outside of the image there is a row of zero points.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import types

from pytflite.kernels.engine._ir import Loop, at, constant, i8, i16, i64, load, shuffle, vector
from pytflite.kernels.engine.epilogue import HEAD, RECIPES, finish, store_codes
from pytflite.kernels.engine.isa import ISA, LANES, int32s
from pytflite.kernels.engine.memory import emitted, put_word, share, word
from pytflite.kernels.engine.packing import QUADS, is_spread
from pytflite.kernels.engine.target import SHAPE

(
    INPUT, OUTPUT, WEIGHTS, GROUPS, EPILOGUE, CHANNELS, BLOCK_BYTES, OUTSIDE, FLIPS, BATCHES,
    IMAGE_H, IMAGE_W, FILTER_H, FILTER_W, STRIDE_H, STRIDE_W, DILATION_H, DILATION_W,
    PAD_TOP, PAD_LEFT, OUTPUT_H, OUTPUT_W,
) = range(22)  # fmt: skip
"""Words of the block. Scratch: an address per tap, whole groups of them, and output column."""


@emitted(prefer_literal=True)
def row(
    typing: Any, vectors: Any, recipe: Any, form: Any,
    taps: Any, groups: Any, channel: Any, weights: Any, epilogue: Any, flips: Any,
    output: Any, pixel_bytes: Any, columns: Any, count: Any,
) -> Any:  # fmt: skip
    """Some vectors of channels of one output row.

    Args:
        typing: of numba.
        vectors: how many; a literal, as are the next two.
        recipe: index into `RECIPES`.
        form: `packing.SHORTS` or `packing.QUADS`.
        taps: addresses of the pixels under the taps of each output column, whole groups of them.
        groups: how many groups.
        channel: the first one.
        weights: address of the block: heads of all vectors, then groups of weights.
        epilogue: address of the constants of `finish`.
        flips: address of bytes that are exclusive-ored to the input.
        output: address of the first code.
        pixel_bytes: from column to column of the output.
        columns: how many, at least one.
        count: how many channels there are.
    """
    literals = vectors.literal_value, recipe.literal_value, form.literal_value

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        emit_row(b, *literals, *arguments[3:])
        return context.get_dummy_value()

    return types.void(vectors, recipe, form, *[types.int64] * 10), emit


def emit_row(
    b: Any, vectors: int, recipe: int, form: int,
    taps: Any, groups: Any, channel: Any, weights: Any, epilogue: Any, flips: Any,
    output: Any, pixel_bytes: Any, columns: Any, count: Any,
) -> None:  # fmt: skip
    """The body of `row`."""
    zero, pixel = constant(i64, 0), vector(i8, vectors * LANES)
    together, element = (4, i8) if form == QUADS else (SHAPE.pairs, i16)
    shown = vector(element, together * LANES)
    size = together * LANES * element.width // 8
    flipped = load(b, flips, pixel, align=16)
    start = [load(b, weights, int32s, HEAD * v, 4 * LANES) for v in range(vectors)]
    column = Loop(b, zero, [taps, output])
    tap, target = column.carried
    group = Loop(b, zero, [tap, at(b, weights, vectors * HEAD), *start])
    address, matrix, *sums = group.carried
    pixels = [load(b, b.add(load(b, address, i64, 8 * k, 8), channel), pixel) for k in range(together)]
    pixels = [b.xor(values, flipped) for values in pixels]
    if is_spread(form, vectors):
        parts = quads(b, pixels)
    else:
        joined = interleave(b, pixels)
        parts = [shuffle(b, range(shown.count * v, shown.count * (v + 1)), joined) for v in range(vectors)]
    for v, part in enumerate(parts):
        widened = part if form == QUADS else b.sext(part, shown)
        sums[v] = ISA.dot(b, sums[v], widened, load(b, matrix, shown, size * v, size))
    group.end(1, groups, [at(b, address, 8 * together), at(b, matrix, size * vectors), *sums])
    requantized = [RECIPES[recipe](b, sums[v], at(b, weights, HEAD * v + 4 * LANES)) for v in range(vectors)]
    store_codes(b, finish(b, requantized, epilogue, spread=is_spread(form, vectors)), target, count)
    following = b.add(tap, b.mul(groups, constant(i64, 8 * together)))
    column.end(1, columns, [following, b.add(target, pixel_bytes)])


def interleave(b: Any, parts: list[Any]) -> Any:
    """1, 2 or 4 vectors to one that has the first elements of all, then the second ones, and so on."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    first, second = interleave(b, parts[:half]), interleave(b, parts[half:])
    count = first.type.count
    return shuffle(
        b,
        [lane + k for k in range(0, count, half) for lane in (*range(half), *range(count, count + half))],
        first,
        second,
    )


def quads(b: Any, taps: list[Any]) -> list[Any]:
    """4 vectors of codes to as many of the codes of each channel, in the order of `packing.spread`."""
    count = taps[0].type.count

    def zipped(first: Any, second: Any, size: int, half: int) -> Any:
        """Of every 16 bytes the first or the last 8, from both in turns of a size."""
        starts = [start + 8 * half + k for start in range(0, count, 16) for k in range(0, 8, size)]
        lanes = [base + start + k for start in starts for base in (0, count) for k in range(size)]
        return shuffle(b, lanes, first, second)

    pairs = [(zipped(taps[0], taps[1], 1, half), zipped(taps[2], taps[3], 1, half)) for half in (0, 1)]
    return [zipped(first, second, 2, half) for first, second in pairs for half in (0, 1)]


def make(vectors: int, recipe: int, form: int) -> Callable[..., None]:
    """A kernel for blocks of some vectors of weights in a form, with an epilogue; its block has the words above."""
    together, width = 4 if form == QUADS else SHAPE.pairs, vectors * LANES

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
        taps, groups, outside, input = scratch, word(p, GROUPS), word(p, OUTSIDE), word(p, INPUT)
        held = together * groups
        for x in range(output_w):
            for k in range(held * (x + 1) - together, held * (x + 1)):
                put_word(taps, k, outside)
        first_row, last_row = share(word(p, BATCHES) * output_h, part, parts)
        for output_row in range(first_row, last_row):
            n, y = output_row // output_h, output_row % output_h
            for i in range(filter_h):
                line = y * stride_h - pad_top + i * dilation_h
                first = input + (n * image_h + line) * image_w * channels
                for x in range(output_w):
                    left, k = x * stride_w - pad_left, held * x + i * filter_w
                    for j in range(filter_w):
                        column = left + j * dilation_w
                        inside = line >= 0 and line < image_h and column >= 0 and column < image_w
                        put_word(taps, k + j, first + column * channels if inside else outside)
            output = word(p, OUTPUT) + output_row * output_w * channels
            for channel in range(0, channels, width):
                row(
                    vectors, recipe, form, taps, groups, channel,
                    word(p, WEIGHTS) + channel // width * word(p, BLOCK_BYTES),
                    word(p, EPILOGUE), word(p, FLIPS), output + channel, channels, output_w, channels - channel,
                )  # fmt: skip

    return depthwise
