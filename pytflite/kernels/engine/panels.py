"""Panels: rows of what a filter sees, of elements that need no widening, with zeros outside of the image."""

from __future__ import annotations

from typing import Any

from numba import types

from pytflite.kernels._compile import helper
from pytflite.kernels.engine._ir import Loop, constant, i8, i64, load, store, vector
from pytflite.kernels.engine.memory import emitted, put_word, word

(
    INPUT, OUTPUT, WEIGHTS, ROWS, BLOCKS, BLOCK_BYTES, DEPTH, FINISH, ROW_BYTES, CHANNELS,
    PANEL_ROWS, PANEL_STRIDE, IMAGE_H, IMAGE_W, PIXEL_BYTES, TAP_BYTES, FILTER_H, FILTER_W,
    STRIDE_H, STRIDE_W, DILATION_H, DILATION_W, PAD_TOP, PAD_LEFT, OUTPUT_H, OUTPUT_W, GATHERS,
) = range(27)  # fmt: skip
"""Words of the block: addresses, sizes, the geometry; where nothing is gathered, rows are read where they are.

Depth counts products; what finishes sums is up to the kernel. Scratch: the panel.
"""


long = vector(i8, 32)


@emitted
def copy_bytes(typing: Any, source: Any, target: Any, count: Any) -> Any:
    """Copy ``count`` bytes, at least one; reads and writes whole vectors."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        source, target, count = arguments
        loop = Loop(b, constant(i64, 0), [])
        store(b, load(b, b.add(source, loop.index), long), b.add(target, loop.index))
        loop.end(long.count, count, [])
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), emit


@emitted
def clear_bytes(typing: Any, target: Any, count: Any) -> Any:
    """Zeros over ``count`` bytes, at least one; whole vectors."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        target, count = arguments
        loop = Loop(b, constant(i64, 0), [])
        store(b, constant(long, 0), b.add(target, loop.index))
        loop.end(long.count, count, [])
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), emit


@helper
def gather(p: Any, panel: Any, first: Any, rows: Any) -> None:
    """Fill the panel with the rows from the ``first`` on."""
    source, stride = word(p, INPUT), word(p, PANEL_STRIDE)
    pixel, depth = word(p, PIXEL_BYTES), word(p, TAP_BYTES)
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
            start = source + ((n * image_h + line) * image_w + left) * pixel
            if line < 0 or line >= image_h:
                clear_bytes(target, filter_w * depth)
            elif joined:
                begin = min(max(-left, 0), filter_w)
                end = max(min(image_w - left, filter_w), begin)
                if begin > 0:
                    clear_bytes(target, begin * depth)
                if begin < end:
                    copy_bytes(start + begin * pixel, target + begin * pixel, (end - begin) * depth)
                if end < filter_w:
                    clear_bytes(target + end * pixel, (filter_w - end) * depth)
            else:
                for j in range(filter_w):
                    column = left + j * dilation_w
                    if column < 0 or column >= image_w:
                        clear_bytes(target + j * depth, depth)
                    else:
                        copy_bytes(start + j * dilation_w * pixel, target + j * depth, depth)
            target += filter_w * depth
        x += 1
        if x == output_w:
            x = 0
            y += 1
            if y == output_h:
                y = 0
                n += 1


@helper
def put_addresses(
    taps: Any, step: Any, row: Any, left: Any, stride: Any, pixel: Any, size: Any, columns: Any, outside: Any
) -> None:
    """Write where the pixels under one tap are, for all output columns of a row.

    Args:
        taps: address of the first one.
        step: words from column to column.
        row: address of the row of the image; 0 where there is none.
        left: the column of the image under the tap in output column 0.
        stride: columns of the image from one output column to the next.
        pixel: bytes of a pixel.
        size: columns of the image.
        columns: output columns.
        outside: address of what stands for pixels outside of the image.
    """
    begin, end = columns, columns
    if row != 0:
        begin = min(max(-(left // stride), 0), columns)
        end = max(min(-((left - size) // stride), columns), begin)
    for x in range(begin):
        put_word(taps, x * step, outside)
    for x in range(begin, end):
        put_word(taps, x * step, row + (left + x * stride) * pixel)
    for x in range(end, columns):
        put_word(taps, x * step, outside)
