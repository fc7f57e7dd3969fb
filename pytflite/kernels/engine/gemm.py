"""Convolutions and fully connected layers: rows of what the filter sees, times its weights, tile by tile.

Panels of rows are gathered first: every code as int16 without its zero point, zeros outside of the image. A tile is
some rows times some vectors of 8 channels; all its accumulators stay in registers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import types

from pytflite.kernels._compile import helper
from pytflite.kernels.engine._ir import Loop, at, constant, i32, i64, load, splat
from pytflite.kernels.engine.epilogue import HEAD, RECIPES, finish, store_codes
from pytflite.kernels.engine.isa import ISA, LANES, int8s, int16s, int32s
from pytflite.kernels.engine.memory import clear, emitted, share, widen, word

(
    INPUT, OUTPUT, WEIGHTS, ROWS, BLOCKS, BLOCK_BYTES, PAIRS, EPILOGUE, ROW_BYTES, CHANNELS,
    PANEL_ROWS, PANEL_STRIDE, IMAGE_H, IMAGE_W, PIXEL_BYTES, DEPTH, FILTER_H, FILTER_W,
    STRIDE_H, STRIDE_W, DILATION_H, DILATION_W, PAD_TOP, PAD_LEFT, OUTPUT_H, OUTPUT_W, FLIP, OFFSET, CONTIGUOUS,
) = range(29)  # fmt: skip
"""Words of the block. Scratch: the panel."""


@emitted(prefer_literal=True)
def tile(
    typing: Any, rows: Any, vectors: Any, recipe: Any, narrow: Any,
    panel: Any, stride: Any, weights: Any, pairs: Any, epilogue: Any, output: Any, row_bytes: Any, count: Any,
) -> Any:  # fmt: skip
    """Multiply ``rows`` rows of a panel by a block of weights, and write ``count`` codes of each.

    Args:
        typing: of numba.
        rows: how many; a literal, as are the next three.
        vectors: of 8 channels, an even number.
        recipe: index into `RECIPES`.
        narrow: whether weights are int8, and widened on the way.
        panel: address of the first row: int16.
        stride: bytes from row to row.
        weights: address of the block: heads of all vectors, then pairs of weights of 8 channels.
        pairs: how many pairs a row has.
        epilogue: address of the constants of `finish`.
        output: address of the first code.
        row_bytes: from row to row of the output.
        count: how many channels there are.
    """
    literals = [value.literal_value for value in (rows, vectors, recipe, narrow)]

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        _emit_tile(b, *literals, *arguments[4:])
        return context.get_dummy_value()

    return types.void(rows, vectors, recipe, narrow, *[types.int64] * 8), emit


def _emit_tile(
    b: Any, rows: int, vectors: int, recipe: int, narrow: int,
    panel: Any, stride: Any, weights: Any, pairs: Any, epilogue: Any, output: Any, row_bytes: Any, count: Any,
) -> None:  # fmt: skip
    addresses = [panel]
    outputs = [output]
    for _ in range(1, rows):
        addresses.append(b.add(addresses[-1], stride))
        outputs.append(b.add(outputs[-1], row_bytes))
    bias = [load(b, weights, int32s, HEAD * v, 32) for v in range(vectors)]
    step = vectors * (16 if narrow else 32)
    loop = Loop(b, constant(i64, 0), [at(b, weights, HEAD * vectors), *bias * rows])
    matrix, *sums = loop.carried
    taps = [
        b.sext(load(b, matrix, int8s, 16 * v, 16), int16s) if narrow else load(b, matrix, int16s, 32 * v, 32)
        for v in range(vectors)
    ]
    totals = []
    for m, address in enumerate(addresses):
        pair = load(b, b.add(address, b.shl(loop.index, constant(i64, 2))), i32)
        pixels = b.bitcast(splat(b, pair, LANES), int16s)
        totals += [b.add(sums[m * vectors + v], ISA.multiply_add(b, pixels, taps[v])) for v in range(vectors)]
    loop.end(1, pairs, [at(b, matrix, step), *totals])
    for m in range(rows):
        for v in range(0, vectors, 2):
            low, high = (
                RECIPES[recipe](b, totals[m * vectors + v + k], at(b, weights, HEAD * (v + k) + 32)) for k in (0, 1)
            )
            codes = finish(b, low, high, epilogue)
            store_codes(b, codes, at(b, outputs[m], LANES * v), b.sub(count, constant(i64, LANES * v)))


@helper
def gather(p: Any, panel: Any, first: Any, rows: Any) -> None:
    """Fill the panel with the rows from the ``first`` on."""
    source, stride = word(p, INPUT), word(p, PANEL_STRIDE)
    pixel, depth, flip, offset = word(p, PIXEL_BYTES), word(p, DEPTH), word(p, FLIP), word(p, OFFSET)
    if word(p, CONTIGUOUS) != 0:
        widen(source + first * pixel, panel, rows * depth, flip, offset)
        return
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
                clear(target, filter_w * depth)
            elif joined:
                begin, end = max(-left, 0), min(image_w - left, filter_w)
                if begin > 0:
                    clear(target, min(begin, filter_w) * depth)
                if begin < end:
                    start = source + ((n * image_h + line) * image_w + left + begin) * pixel
                    widen(start, target + 2 * begin * depth, (end - begin) * depth, flip, offset)
                if end < filter_w:
                    end = max(end, 0)
                    clear(target + 2 * end * depth, (filter_w - end) * depth)
            else:
                for j in range(filter_w):
                    column = left + j * dilation_w
                    if column < 0 or column >= image_w:
                        clear(target + 2 * j * depth, depth)
                    else:
                        start = source + ((n * image_h + line) * image_w + column) * pixel
                        widen(start, target + 2 * j * depth, depth, flip, offset)
            target += 2 * filter_w * depth
        x += 1
        if x == output_w:
            x = 0
            y += 1
            if y == output_h:
                y = 0
                n += 1


def make(rows: int, vectors: int, recipe: int, narrow: int) -> Callable[..., None]:
    """A kernel with tiles of a size; its block has the words above, and at least ``rows`` rows."""

    def gemm(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        stride, pairs = word(p, PANEL_STRIDE), word(p, PAIRS)
        epilogue, row_bytes, panel_rows = word(p, EPILOGUE), word(p, ROW_BYTES), word(p, PANEL_ROWS)
        first_row, last_row, first_block, last_block = 0, word(p, ROWS), 0, word(p, BLOCKS)
        if last_row >= rows * parts:
            first_row, last_row = share(last_row, part, parts)
        else:
            first_block, last_block = share(last_block, part, parts)
        for start in range(first_row, last_row, panel_rows):
            first = max(min(start, last_row - panel_rows), first_row)
            height = min(panel_rows, last_row - first_row)
            gather(p, scratch, first, height)
            for block in range(first_block, last_block):
                weights = word(p, WEIGHTS) + block * word(p, BLOCK_BYTES)
                channel = block * vectors * LANES
                count = word(p, CHANNELS) - channel
                output = word(p, OUTPUT) + channel
                m = 0
                while m < height:
                    row = min(m, height - rows)
                    tile(
                        rows, vectors, recipe, narrow,
                        scratch + row * stride, stride, weights, pairs,
                        epilogue, output + (first + row) * row_bytes, row_bytes, count,
                    )  # fmt: skip
                    m += rows

    return gemm
