"""Convolutions and fully connected layers of int16, whose weights have 8 bits and come widened, tile by tile.

As `gemm`, without anything to widen: rows of a panel are copied, or are the pixels themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import types

from pytflite.kernels.engine._ir import Loop, at, call, constant, i8, i16, i32, i64, load, shuffle, splat, vector
from pytflite.kernels.engine.epilogue import HEAD, RECIPES, store_codes
from pytflite.kernels.engine.isa import ISA, LANES, int16s, int32s
from pytflite.kernels.engine.memory import emitted, share, word
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


@emitted(prefer_literal=True)
def tile(
    typing: Any, rows: Any, recipe: Any,
    panel: Any, stride: Any, weights: Any, pairs: Any, bounds: Any, output: Any, row_bytes: Any, count: Any,
) -> Any:  # fmt: skip
    """Multiply ``rows`` rows of a panel by a block of weights of two vectors, and write ``count`` codes of each.

    Args:
        typing: of numba.
        rows: how many; a literal, as is the next one.
        recipe: index into `RECIPES`.
        panel: address of the first row.
        stride: bytes from row to row.
        weights: address of the block: two heads, then pairs of weights.
        pairs: how many pairs a row has.
        bounds: address of the two bounds of the activation: int16.
        output: address of the first code.
        row_bytes: from row to row of the output.
        count: how many channels there are.
    """
    literals = rows.literal_value, recipe.literal_value

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        _emit_tile(b, *literals, *arguments[2:])
        return context.get_dummy_value()

    return types.void(rows, recipe, *[types.int64] * 8), emit


def _emit_tile(
    b: Any, rows: int, recipe: int,
    panel: Any, stride: Any, weights: Any, pairs: Any, bounds: Any, output: Any, row_bytes: Any, count: Any,
) -> None:  # fmt: skip
    for totals in products(b, rows, panel, stride, weights, pairs):
        finish(b, recipe, totals, weights, bounds, output, count)
        output = b.add(output, row_bytes)


def products(b: Any, rows: int, panel: Any, stride: Any, weights: Any, pairs: Any) -> list[list[Any]]:
    """Two vectors of accumulators for each row."""
    addresses, size = [panel], 4 * LANES
    for _ in range(1, rows):
        addresses.append(b.add(addresses[-1], stride))
    bias = [load(b, weights, int32s, HEAD * v, size) for v in (0, 1)]
    loop = Loop(b, constant(i64, 0), [at(b, weights, 2 * HEAD), *bias * rows])
    matrix, *sums = loop.carried
    taps = [load(b, matrix, int16s, size * v, size) for v in (0, 1)]
    totals = []
    for m, address in enumerate(addresses):
        pair = load(b, b.add(address, b.shl(loop.index, constant(i64, 2))), i32)
        pixels = b.bitcast(splat(b, pair, LANES), int16s)
        totals += [ISA.dot(b, sums[2 * m + v], pixels, taps[v]) for v in (0, 1)]
    loop.end(1, pairs, [at(b, matrix, 2 * size), *totals])
    return [totals[2 * m : 2 * m + 2] for m in range(rows)]


def finish(b: Any, recipe: int, totals: list[Any], heads: Any, bounds: Any, output: Any, count: Any) -> None:
    """Requantize two vectors of accumulators, clamp, and write ``count`` codes of int16."""
    low, high = (RECIPES[recipe](b, totals[v], at(b, heads, HEAD * v + 4 * LANES)) for v in (0, 1))
    codes = ISA.narrow_to_16(b, [low, high])
    for k, name in enumerate(("smax", "smin")):
        bound = splat(b, load(b, bounds, i16, 2 * k, 2), 2 * LANES)
        codes = call(b, f"llvm.{name}.v{2 * LANES}i16", int16s, [codes, bound])
    store_shorts(b, codes, output, count)


def store_shorts(b: Any, codes: Any, output: Any, count: Any) -> None:
    """Write the first ``count`` codes (all if it is more, none if it is negative), and no byte behind them."""
    left = b.shl(count, constant(i64, 1))
    for first in range(0, codes.type.count, 8):
        part = b.bitcast(shuffle(b, range(first, first + 8), codes), vector(i8, 16))
        store_codes(b, part, at(b, output, 2 * first), b.sub(left, constant(i64, 2 * first)))


def make(rows: int, recipe: int) -> Callable[..., None]:
    """A kernel with tiles of some rows; its block has the words of `panels`, and at least ``rows`` rows."""

    def short_gemm(p: Any, scratch: Any, part: Any, parts: Any) -> None:
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
                output = word(p, OUTPUT) + 2 * channel
                m = 0
                while m < height:
                    row = min(m, height - rows)
                    tile(
                        rows, recipe, panel + row * stride, stride, weights, pairs, word(p, FINISH),
                        output + (first + row) * row_bytes, row_bytes, word(p, CHANNELS) - channel,
                    )  # fmt: skip
                    m += rows

    return short_gemm
