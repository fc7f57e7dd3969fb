"""Convolutions and fully connected layers of float32, tile by tile.

Panels of rows are gathered first, zeros outside of the image (a product with zero changes no sum as long as weights are
finite); where rows are the pixels themselves, nothing is gathered. A tile is some rows times some vectors of channels;
all its accumulators stay in registers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import types

from pytflite.kernels.engine._ir import Loop, at, constant, f32, i64, load, splat
from pytflite.kernels.engine.float_vectors import (
    clamp,
    floats,
    multiply_add,
    store_floats,
)
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
from pytflite.kernels.engine.target import FLOATS


@emitted(prefer_literal=True)
def tile(
    typing: Any, rows: Any, vectors: Any, fused: Any,
    panel: Any, stride: Any, weights: Any, depth: Any, bounds: Any, output: Any, row_bytes: Any, count: Any,
) -> Any:  # fmt: skip
    """Multiply ``rows`` rows of a panel by a block of weights, and write ``count`` floats of each.

    Args:
        typing: of numba.
        rows: how many; a literal, as are the next two.
        vectors: of `FLOATS` channels.
        fused: whether sums start at the bias and products are not rounded; otherwise the bias is added last.
        panel: address of the first row.
        stride: bytes from row to row.
        weights: address of the block: the bias of all vectors, then the weights of one product after the other.
        depth: how many products.
        bounds: address of the two bounds of the activation.
        output: address of the first float.
        row_bytes: from row to row of the output.
        count: how many channels there are.
    """
    literals = [value.literal_value for value in (rows, vectors, fused)]

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        _emit_tile(b, *literals, *arguments[3:])
        return context.get_dummy_value()

    return types.void(rows, vectors, fused, *[types.int64] * 8), emit


def _emit_tile(
    b: Any, rows: int, vectors: int, fused: int,
    panel: Any, stride: Any, weights: Any, depth: Any, bounds: Any, output: Any, row_bytes: Any, count: Any,
) -> None:  # fmt: skip
    addresses, outputs, size = [panel], [output], 4 * FLOATS
    for _ in range(1, rows):
        addresses.append(b.add(addresses[-1], stride))
        outputs.append(b.add(outputs[-1], row_bytes))
    start = [load(b, weights, floats, size * v, 4) if fused else constant(floats, 0.0) for v in range(vectors)]
    loop = Loop(b, constant(i64, 0), [at(b, weights, size * vectors), *start * rows])
    matrix, *sums = loop.carried
    taps = [load(b, matrix, floats, size * v, 4) for v in range(vectors)]
    totals = []
    for m, address in enumerate(addresses):
        pixel = splat(b, load(b, b.add(address, b.shl(loop.index, constant(i64, 2))), f32, align=4), FLOATS)
        totals += [multiply_add(b, sums[m * vectors + v], pixel, taps[v], fused=bool(fused)) for v in range(vectors)]
    loop.end(1, depth, [at(b, matrix, size * vectors), *totals])
    for m in range(rows):
        for v in range(vectors):
            total = totals[m * vectors + v]
            if not fused:
                total = b.fadd(total, load(b, weights, floats, size * v, 4))
            left = b.sub(count, constant(i64, FLOATS * v))
            store_floats(b, clamp(b, total, bounds), at(b, outputs[m], size * v), left)


def make(rows: int, vectors: int, fused: int) -> Callable[..., None]:
    """A kernel with tiles of a size; its block has the words above, and at least ``rows`` rows."""

    def float_gemm(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        stride, depth, bounds, row_bytes = word(p, PANEL_STRIDE), word(p, DEPTH), word(p, FINISH), word(p, ROW_BYTES)
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
                channel = block * vectors * FLOATS
                output = word(p, OUTPUT) + 4 * channel
                m = 0
                while m < height:
                    row = min(m, height - rows)
                    tile(
                        rows, vectors, fused,
                        panel + row * stride, stride, weights, depth, bounds,
                        output + (first + row) * row_bytes, row_bytes, word(p, CHANNELS) - channel,
                    )  # fmt: skip
                    m += rows

    return float_gemm
