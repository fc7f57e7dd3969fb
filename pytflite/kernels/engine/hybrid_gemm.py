"""Convolutions and fully connected layers of float32 with 8-bit weights: rows are quantized on arrival.

Codes come without their zero point, as int16; sums of products are scaled back, then the bias is added. The rest is
that of `short_gemm`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba import types

from pytflite.arithmetic.hybrid import GROUP
from pytflite.kernels._compile import helper
from pytflite.kernels.engine._ir import Loop, at, constant, f32, i64, load, splat, store, vector
from pytflite.kernels.engine.epilogue import HEAD
from pytflite.kernels.engine.float_vectors import clamp, load_floats, store_floats
from pytflite.kernels.engine.isa import LANES, int32s
from pytflite.kernels.engine.memory import emitted, pointer, share, word
from pytflite.kernels.engine.panels import (
    BLOCK_BYTES,
    BLOCKS,
    CHANNELS,
    DEPTH,
    FINISH,
    GATHERS,
    INPUT,
    OUTPUT,
    PANEL_ROWS,
    PANEL_STRIDE,
    ROW_BYTES,
    ROWS,
    WEIGHTS,
    gather,
)
from pytflite.kernels.engine.short_gemm import products

carray: Any = numba.carray  # type: ignore[attr-defined]

floats = vector(f32, LANES)


@emitted
def extremes(typing: Any, source: Any, vectors: Any, output: Any) -> Any:
    """The smallest and the largest of 0 and ``vectors`` vectors, at least one, lane by lane: two vectors."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        source, vectors, output = arguments
        zero, size = constant(floats, 0.0), 4 * LANES
        loop = Loop(b, constant(i64, 0), [source, zero, zero])
        address, low, high = loop.carried
        values = load(b, address, floats, align=4)
        low = b.select(b.fcmp_ordered("<", values, low), values, low)
        high = b.select(b.fcmp_ordered(">", values, high), values, high)
        loop.end(1, vectors, [at(b, address, size), low, high])
        store(b, low, output, align=4)
        store(b, high, output, size, 4)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), emit


@helper
def truncate(x: Any) -> Any:
    """Toward zero; the smallest int32 for what int32 cannot hold."""
    return np.int64(x) if -2147483649.0 < x < 2147483648.0 else np.int64(-(1 << 31))


@helper
def round_half_away(x: Any) -> Any:
    """Nearest integer, ties away from zero."""
    whole = np.trunc(x)
    if abs(x - whole) >= 0.5:
        whole += np.copysign(1.0, x)
    return truncate(whole)


@helper
def round_by_adding(x: Any) -> Any:
    """Add a half in float32 and truncate; saturates upward."""
    shifted = x + np.float32(-0.5 if x < 0 else 0.5)
    return np.int64((1 << 31) - 1) if shifted >= np.float32(2.0**31) else truncate(np.float64(shifted))


def make_quantize(asymmetric: int) -> Callable[..., None]:
    """`arithmetic.hybrid.quantize_rows`: codes as int16 without their zero points.

    Words: input, codes, rows, depth, scales. Scratch: two vectors.
    """

    def quantize_rows(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        rows, depth = word(p, 2), word(p, 3)
        scales = carray(pointer(word(p, 4), np.float32), rows)
        ends = carray(pointer(scratch, np.float32), 2 * LANES)
        whole, vectors = depth // GROUP * GROUP, depth // LANES
        first, last = share(rows, part, parts)
        for n in range(first, last):
            values = carray(pointer(word(p, 0) + 4 * n * depth, np.float32), depth)
            codes = carray(pointer(word(p, 1) + 2 * n * depth, np.int16), depth)
            low, high = np.float32(0), np.float32(0)
            if vectors > 0:
                extremes(word(p, 0) + 4 * n * depth, vectors, scratch)
                for k in range(LANES):
                    low, high = min(low, ends[k]), max(high, ends[LANES + k])
            for i in range(vectors * LANES, depth):
                low, high = min(low, values[i]), max(high, values[i])
            scale, inverse, zero_point = np.float32(1), np.float32(0), np.int64(0)
            if low != high:
                if asymmetric != 0:
                    exact = np.float64(high - low) / 255
                    below, above = low / exact, high / exact
                    nearest = -128 - below if 128 + abs(below) < 127 + abs(above) else 127 - above
                    zero_point = min(max(round_half_away(nearest), np.int64(-128)), np.int64(127))
                    scale = np.float32(exact)
                    inverse = np.float32(1 / np.float64(scale)) if scale != 0 else np.float32(0)
                else:
                    reach = max(-low, high)
                    scale, inverse = reach / np.float32(127), np.float32(127) / reach
            scales[n] = scale
            lowest = np.int64(-128 if asymmetric != 0 else -127)
            start = np.int64(0)
            if np.float32(1e-30) < inverse < np.float32(1e30):
                least, most, shift = np.int32(lowest), np.int32(127), np.int32(zero_point)
                for i in range(whole):
                    scaled = values[i] * inverse
                    code = np.int32(scaled + (np.float32(-0.5) if scaled < 0 else np.float32(0.5))) + shift
                    code = least if code < least else code
                    codes[i] = np.int16((most if code > most else code) - shift)
                start = whole
            for i in range(start, depth):
                scaled = values[i] * inverse
                rounded = round_by_adding(scaled) if i < whole else round_half_away(np.float64(scaled))
                wrapped = np.int64(np.int32(rounded + zero_point))
                codes[i] = np.int16(min(max(wrapped, lowest), np.int64(127)) - zero_point)

    return quantize_rows


@emitted(prefer_literal=True)
def tile(
    typing: Any, rows: Any, steps: Any, scale_step: Any, adds: Any,
    panel: Any, stride: Any, weights: Any, pairs: Any, bounds: Any, scales: Any, output: Any, row_bytes: Any,
    count: Any,
) -> Any:  # fmt: skip
    """Multiply ``rows`` rows of codes by a block of weights of two vectors, and write ``count`` floats of each.

    Args:
        typing: of numba.
        rows: how many; a literal, as are the next three.
        steps: 2 to multiply by the scale of the weights first and then by that of the row, 1 for their product.
        scale_step: bytes from the scale of a row to that of the next.
        adds: whether to add to what the output is, in place of the bias; then ``rows`` is 1, so that none is met twice.
        panel: address of the first row.
        stride: bytes from row to row.
        weights: address of the block: two heads, then pairs of weights.
        pairs: how many pairs a row has.
        bounds: address of the two bounds of the activation.
        scales: address of the scale of the first row.
        output: address of the first float.
        row_bytes: from row to row of the output.
        count: how many channels there are.
    """
    literals = [value.literal_value for value in (rows, steps, scale_step, adds)]

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        _emit_tile(b, *literals, *arguments[4:])
        return context.get_dummy_value()

    return types.void(rows, steps, scale_step, adds, *[types.int64] * 9), emit


def _emit_tile(
    b: Any, rows: int, steps: int, scale_step: int, adds: int,
    panel: Any, stride: Any, weights: Any, pairs: Any, bounds: Any, scales: Any, output: Any, row_bytes: Any,
    count: Any,
) -> None:  # fmt: skip
    for m, totals in enumerate(products(b, rows, panel, stride, weights, pairs)):
        row_scale = splat(b, load(b, scales, f32, scale_step * m, 4), LANES)
        for v, total in enumerate(totals):
            exact = b.sitofp(b.sub(total, constant(int32s, -(1 << 31))), floats)
            head = at(b, weights, HEAD * v + 4 * LANES)
            place = at(b, output, 4 * LANES * v)
            weight_scale = load(b, head, floats)
            left = b.sub(count, constant(i64, LANES * v))
            start = load_floats(b, place, left, LANES) if adds else load(b, head, floats, 4 * LANES)
            if steps == 2:
                real = b.fmul(b.fmul(exact, weight_scale), row_scale)
            else:
                real = b.fmul(exact, b.fmul(row_scale, weight_scale))
            store_floats(b, clamp(b, b.fadd(start, real), bounds), place, left)
        output = b.add(output, row_bytes)


SCALES = GATHERS + 1
"""The word behind those of `panels`: address of the scales of rows."""


def make(rows: int, steps: int, scale_step: int, adds: int) -> Callable[..., None]:
    """A kernel with tiles of some rows; its block has the words of `panels`, `SCALES`, and at least ``rows`` rows."""

    def hybrid_gemm(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        stride, pairs, row_bytes = word(p, PANEL_STRIDE), (word(p, DEPTH) + 1) // 2, word(p, ROW_BYTES)
        first_row, last_row, first_block, last_block = 0, word(p, ROWS), 0, word(p, BLOCKS)
        if last_row >= rows * parts:
            first_row, last_row = share(last_row, part, parts)
        else:
            first_block, last_block = share(last_block, part, parts)
        height = min(word(p, PANEL_ROWS), last_row - first_row)
        for start in range(first_row, last_row, height):
            first = min(start, last_row - height)
            panel = word(p, INPUT) + first * stride
            if word(p, GATHERS) != 0:
                panel = scratch
                gather(p, panel, first, height)
            for block in range(first_block, last_block):
                weights = word(p, WEIGHTS) + block * word(p, BLOCK_BYTES)
                channel = block * 2 * LANES
                output = word(p, OUTPUT) + 4 * channel
                m = 0
                while m < height:
                    row = min(m, height - rows)
                    tile(
                        rows, steps, scale_step, adds, panel + row * stride, stride, weights, pairs, word(p, FINISH),
                        word(p, SCALES) + scale_step * (first + row), output + (first + row) * row_bytes, row_bytes,
                        word(p, CHANNELS) - channel,
                    )  # fmt: skip
                    m += rows

    return hybrid_gemm


MAKERS: dict[str, Callable[..., Callable[..., None]]] = {"quantize_rows": make_quantize, "hybrid_gemm": make}
