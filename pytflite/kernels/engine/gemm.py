"""Convolutions and fully connected layers: rows of what the filter sees, times its weights, tile by tile.

Panels of rows are gathered first, in one of the forms below. A tile is some rows times some vectors of channels; all
its accumulators stay in registers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba import types

from pytflite.kernels._compile import helper
from pytflite.kernels.engine._ir import Loop, at, constant, i8, i16, i32, i64, load, splat, vector
from pytflite.kernels.engine.epilogue import HEAD, RECIPES, finish, store_codes
from pytflite.kernels.engine.isa import ISA, LANES, int32s
from pytflite.kernels.engine.memory import emitted, fill, flip_codes, pointer, put_word, share, widen, word
from pytflite.kernels.engine.packing import NARROW, QUADS
from pytflite.kernels.engine.target import SHAPE

UNSIGNED = SHAPE.base != 0
"""Whether pixels in quads are."""

carray: Any = numba.carray  # type: ignore[attr-defined]

(
    INPUT, OUTPUT, WEIGHTS, ROWS, BLOCKS, BLOCK_BYTES, GROUPS, EPILOGUE, ROW_BYTES, CHANNELS,
    PANEL_ROWS, PANEL_STRIDE, IMAGE_H, IMAGE_W, PIXEL_BYTES, DEPTH, FILTER_H, FILTER_W,
    STRIDE_H, STRIDE_W, DILATION_H, DILATION_W, PAD_TOP, PAD_LEFT, OUTPUT_H, OUTPUT_W, FLIP, OFFSET, CONTIGUOUS,
    FACTOR, SUMS,
) = range(31)  # fmt: skip
"""Words of the block. Scratch: the panel; behind it, at SUMS, an int64 per row."""


@emitted(prefer_literal=True)
def tile(
    typing: Any, rows: Any, vectors: Any, recipe: Any, form: Any, summed: Any,
    panel: Any, stride: Any, weights: Any, groups: Any, sums: Any, epilogue: Any, output: Any, row_bytes: Any,
    count: Any,
) -> Any:  # fmt: skip
    """Multiply ``rows`` rows of a panel by a block of weights, and write ``count`` codes of each.

    Args:
        typing: of numba.
        rows: how many; a literal, as are the next four.
        vectors: of channels, a multiple of what makes 16.
        recipe: index into `RECIPES`.
        form: `packing.SHORTS`, `packing.NARROW` or `packing.QUADS`.
        summed: whether each row has a number that is added to all its accumulators.
        panel: address of the first row.
        stride: bytes from row to row.
        weights: address of the block: heads of all vectors, then groups of weights.
        groups: how many groups of weights, and of pixels, a row has.
        sums: address of the number of the first row.
        epilogue: address of the constants of `finish`.
        output: address of the first code.
        row_bytes: from row to row of the output.
        count: how many channels there are.
    """
    literals = [value.literal_value for value in (rows, vectors, recipe, form, summed)]

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        emit_tile(b, *literals, *arguments[5:])
        return context.get_dummy_value()

    return types.void(rows, vectors, recipe, form, summed, *[types.int64] * 9), emit


def emit_tile(
    b: Any, rows: int, vectors: int, recipe: int, form: int, summed: int,
    panel: Any, stride: Any, weights: Any, groups: Any, sums: Any, epilogue: Any, output: Any, row_bytes: Any,
    count: Any,
) -> None:  # fmt: skip
    """The body of `tile`."""
    addresses, outputs = [panel], [output]
    for _ in range(1, rows):
        addresses.append(b.add(addresses[-1], stride))
        outputs.append(b.add(outputs[-1], row_bytes))
    taps, element = (4, i8) if form == QUADS else (SHAPE.pairs, i16)
    pixels, unit = vector(element, taps * LANES), taps * element.width // 8
    size = taps * LANES * (1 if form in (NARROW, QUADS) else 2)
    start = [load(b, weights, int32s, HEAD * v, 4 * LANES) for v in range(vectors)] * rows
    if summed:
        extra = [splat(b, load(b, sums, i32, 8 * m), LANES) for m in range(rows)]
        start = [b.add(total, extra[k // vectors]) for k, total in enumerate(start)]
    loop = Loop(b, constant(i64, 0), [at(b, weights, HEAD * vectors), *start])
    matrix, *totals = loop.carried
    taken = [
        load(b, matrix, vector(i8 if size == taps * LANES else i16, taps * LANES), size * v, size)
        for v in range(vectors)
    ]
    if form == NARROW:
        taken = [b.sext(values, pixels) for values in taken]
    following = []
    for m, address in enumerate(addresses):
        group = load(b, b.add(address, b.mul(loop.index, constant(i64, unit))), {2: i16, 4: i32}[unit])
        shown = b.bitcast(splat(b, group, LANES), pixels)
        following += [ISA.dot(b, totals[m * vectors + v], shown, taken[v]) for v in range(vectors)]
    loop.end(1, groups, [at(b, matrix, size * vectors), *following])
    together = 16 // LANES
    for m in range(rows):
        for v in range(0, vectors, together):
            requantized = [
                RECIPES[recipe](b, following[m * vectors + k], at(b, weights, HEAD * k + 4 * LANES))
                for k in range(v, v + together)
            ]
            left = b.sub(count, constant(i64, LANES * v))
            store_codes(b, finish(b, requantized, epilogue), at(b, outputs[m], LANES * v), left)


@helper
def take(source: Any, target: Any, count: Any, flip: Any, offset: Any, form: Any) -> None:
    """Pixels within the image, in a form: bytes as they are, or int16 without their zero point."""
    if form == QUADS:
        flip_codes(source, target, count, flip)
    else:
        widen(source, target, count, flip, offset)


@helper
def gather(p: Any, panel: Any, first: Any, rows: Any, form: Any) -> None:
    """Fill the panel with the rows from the ``first`` on; outside of the image with what counts as zero."""
    source, stride = word(p, INPUT), word(p, PANEL_STRIDE)
    pixel, depth, flip, offset = word(p, PIXEL_BYTES), word(p, DEPTH), word(p, FLIP), word(p, OFFSET)
    if word(p, CONTIGUOUS) != 0:
        take(source + first * pixel, panel, rows * depth, flip, offset, form)
        return
    size, zero = (1, offset) if form == QUADS else (2, 0)
    image_h, image_w = word(p, IMAGE_H), word(p, IMAGE_W)
    filter_h, filter_w = word(p, FILTER_H), word(p, FILTER_W)
    dilation_h, dilation_w = word(p, DILATION_H), word(p, DILATION_W)
    output_h, output_w = word(p, OUTPUT_H), word(p, OUTPUT_W)
    joined = dilation_w == 1 and depth == pixel
    x = first % output_w
    y = first // output_w % output_h
    n = first // output_w // output_h
    for row in range(rows):
        target = panel + row * stride
        top = y * word(p, STRIDE_H) - word(p, PAD_TOP)
        left = x * word(p, STRIDE_W) - word(p, PAD_LEFT)
        for i in range(filter_h):
            line = top + i * dilation_h
            if line < 0 or line >= image_h:
                fill(target, size * filter_w * depth, zero)
            elif joined:
                begin, end = max(-left, 0), min(image_w - left, filter_w)
                if begin > 0:
                    fill(target, size * min(begin, filter_w) * depth, zero)
                if begin < end:
                    start = source + ((n * image_h + line) * image_w + left + begin) * pixel
                    take(start, target + size * begin * depth, (end - begin) * depth, flip, offset, form)
                if end < filter_w:
                    end = max(end, 0)
                    fill(target + size * end * depth, size * (filter_w - end) * depth, zero)
            else:
                for j in range(filter_w):
                    column = left + j * dilation_w
                    if column < 0 or column >= image_w:
                        fill(target + size * j * depth, size * depth, zero)
                    else:
                        start = source + ((n * image_h + line) * image_w + column) * pixel
                        take(start, target + size * j * depth, depth, flip, offset, form)
            target += size * filter_w * depth
        x += 1
        if x == output_w:
            x = 0
            y += 1
            if y == output_h:
                y = 0
                n += 1


@helper
def add_up_rows(p: Any, panel: Any, rows: Any, form: Any) -> None:
    """The sum of the pixels of each row of the panel, times a factor, to where the tiles look for it."""
    depth, factor = word(p, DEPTH) * word(p, FILTER_H) * word(p, FILTER_W), word(p, FACTOR)
    for row in range(rows):
        address = panel + row * word(p, PANEL_STRIDE)
        total = np.int32(0)
        if form == QUADS and UNSIGNED:
            for value in carray(pointer(address, np.uint8), depth):
                total += np.int32(value)
        elif form == QUADS:
            for value in carray(pointer(address, np.int8), depth):
                total += np.int32(value)
        else:
            for value in carray(pointer(address, np.int16), depth):
                total += np.int32(value)
        put_word(panel + word(p, SUMS), row, np.int64(total) * factor)


def make(rows: int, vectors: int, recipe: int, form: int, summed: int) -> Callable[..., None]:
    """A kernel with tiles of a size; its block has the words above, and at least ``rows`` rows."""

    def gemm(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        stride, groups, sums = word(p, PANEL_STRIDE), word(p, GROUPS), scratch + word(p, SUMS)
        epilogue, row_bytes, panel_rows = word(p, EPILOGUE), word(p, ROW_BYTES), word(p, PANEL_ROWS)
        first_row, last_row, first_block, last_block = 0, word(p, ROWS), 0, word(p, BLOCKS)
        if last_row >= rows * parts:
            first_row, last_row = share(last_row, part, parts)
        else:
            first_block, last_block = share(last_block, part, parts)
        for start in range(first_row, last_row, panel_rows):
            first = max(min(start, last_row - panel_rows), first_row)
            height = min(panel_rows, last_row - first_row)
            gather(p, scratch, first, height, form)
            if summed:
                add_up_rows(p, scratch, height, form)
            for block in range(first_block, last_block):
                weights = word(p, WEIGHTS) + block * word(p, BLOCK_BYTES)
                channel = block * vectors * LANES
                count = word(p, CHANNELS) - channel
                output = word(p, OUTPUT) + channel
                m = 0
                while m < height:
                    row = min(m, height - rows)
                    tile(
                        rows, vectors, recipe, form, summed,
                        scratch + row * stride, stride, weights, groups, sums + 8 * row,
                        epilogue, output + (first + row) * row_bytes, row_bytes, count,
                    )  # fmt: skip
                    m += rows

    return gemm
