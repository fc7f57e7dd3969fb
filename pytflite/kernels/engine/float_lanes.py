"""Products of float32 rows with weights whose sums run in lanes: each of every n-th product, added up in the end.

That is how Eigen and ``tensor_utils`` sum, see `pytflite.ops._shared.lanes`. What their lanes are to one output here
are vectors of outputs: nothing is ever added across a vector.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types

from pytflite.kernels.engine._ir import at, constant, counted, f32, i64, load, splat
from pytflite.kernels.engine.float_vectors import clamp, floats, load_floats, multiply_add, store_floats
from pytflite.kernels.engine.memory import emitted, share, word
from pytflite.kernels.engine.target import FLOATS
from pytflite.kernels.engine.words import BLOCK, LANE_VECTORS, NEON, VECTOR

LARGEST = np.finfo(np.float32).max


@emitted(prefer_literal=True)
def tile(
    typing: Any, lanes: Any, order: Any,
    row: Any, weights: Any, whole: Any, depth: Any, start: Any, bounds: Any, output: Any, count: Any,
) -> Any:  # fmt: skip
    """Multiply a row by a block of weights, and write ``count`` floats.

    Args:
        typing: of numba.
        lanes: how many; a literal, as is the next one.
        order: what is added to what in the end, see `words`.
        row: its address.
        weights: address of the block: of one product after the other.
        whole: how many products lanes share; a multiple of their number.
        depth: how many there are.
        start: address of what sums are added to.
        bounds: address of the two bounds of the result.
        output: address of the first float.
        count: how many channels there are.
    """
    literals = lanes.literal_value, order.literal_value

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        _emit_tile(b, *literals, *arguments[2:])
        return context.get_dummy_value()

    return types.void(lanes, order, *[types.int64] * 8), emit


def _emit_tile(
    b: Any, lanes: int, order: int,
    row: Any, weights: Any, whole: Any, depth: Any, start: Any, bounds: Any, output: Any, count: Any,
) -> None:  # fmt: skip
    vectors, size = LANE_VECTORS[lanes], 4 * FLOATS

    def products(index: Any, matrix: Any, sums: list[Any]) -> list[Any]:
        total = []
        for lane in range(len(sums) // vectors):
            value = splat(b, load(b, b.add(row, b.shl(index, constant(i64, 2))), f32, 4 * lane, 4), FLOATS)
            for v in range(vectors):
                taps = load(b, matrix, floats, size * (vectors * lane + v), 4)
                total.append(multiply_add(b, sums[vectors * lane + v], value, taps, fused=False))
        return total

    def turn(width: int) -> Callable[..., list[Any]]:
        def emit(index: Any, carried: list[Any]) -> list[Any]:
            matrix, *sums = carried
            return [at(b, matrix, size * vectors * width), *products(index, matrix, sums)]

        return emit

    zeros = [constant(floats, 0.0)] * (lanes * vectors)
    matrix, *sums = counted(b, constant(i64, 0), lanes, whole, [weights, *zeros], turn(lanes))
    parts = [sums[vectors * lane : vectors * (lane + 1)] for lane in range(lanes)]
    left = [b.sub(count, constant(i64, FLOATS * v)) for v in range(vectors)]
    starts = [load_floats(b, at(b, start, size * v), left[v]) for v in range(vectors)]
    totals = [added(b, order, list(own)) for own in zip(*parts, strict=True)]
    if order == NEON:
        totals = [b.fadd(own, total) for own, total in zip(starts, totals, strict=True)]
    _, *totals = counted(b, whole, 1, depth, [matrix, *totals], turn(1))
    for v, total in enumerate(totals):
        result = total if order in (NEON, VECTOR) else limited(b, total)
        result = result if order == NEON else b.fadd(result, starts[v])
        store_floats(b, clamp(b, result, bounds), at(b, output, size * v), left[v])


def added(b: Any, order: int, sums: list[Any]) -> Any:
    """The sum of all lanes."""
    if order != NEON and len(sums) == 4:
        second, third = (1, 2) if order == BLOCK else (2, 1)
        return b.fadd(b.fadd(sums[0], sums[second]), b.fadd(sums[third], sums[3]))
    total = sums[0]
    for other in sums[1:]:
        total = b.fadd(total, other)
    return total


def limited(b: Any, values: Any) -> Any:
    """Infinity becomes the largest float."""
    for outside, limit in (("<", -LARGEST), (">", LARGEST)):
        bound = constant(floats, float(limit))
        values = b.select(b.fcmp_ordered(outside, values, bound), bound, values)
    return values


(
    INPUT, INPUT_STEP, ROWS, OUTPUT, OUTPUT_STEP, START, START_STEP, WEIGHTS, BLOCKS, BLOCK_BYTES, DEPTH, WHOLE,
    CHANNELS, BOUNDS,
) = range(14)  # fmt: skip
"""Words of the kernel: addresses, bytes from row to row, sizes."""


def make(lanes: int, order: int) -> Callable[..., None]:
    """A kernel; literals as of `tile`."""
    width = LANE_VECTORS[lanes] * FLOATS

    def float_lanes(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        first_row, last_row, first_block, last_block = 0, word(p, ROWS), 0, word(p, BLOCKS)
        if last_row >= parts:
            first_row, last_row = share(last_row, part, parts)
        else:
            first_block, last_block = share(last_block, part, parts)
        for block in range(first_block, last_block):
            channel = block * width
            for row in range(first_row, last_row):
                tile(
                    lanes, order,
                    word(p, INPUT) + row * word(p, INPUT_STEP), word(p, WEIGHTS) + block * word(p, BLOCK_BYTES),
                    word(p, WHOLE), word(p, DEPTH), word(p, START) + row * word(p, START_STEP) + 4 * channel,
                    word(p, BOUNDS), word(p, OUTPUT) + row * word(p, OUTPUT_STEP) + 4 * channel,
                    word(p, CHANNELS) - channel,
                )  # fmt: skip

    return float_lanes
