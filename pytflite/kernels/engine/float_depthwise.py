"""Rows of depthwise convolutions of float32: tap by tap, some vectors of channels at a time.

Outside of the image there are zeros: a product with zero changes no sum as long as weights are finite.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from pytflite.kernels.engine._ir import Loop, at, constant, i64, load
from pytflite.kernels.engine.depthwise import FILTER_H, FILTER_W, FINISH, Columns, make_rows
from pytflite.kernels.engine.float_gemm import SIZE
from pytflite.kernels.engine.float_vectors import clamp, floats, multiply_add, store_floats
from pytflite.kernels.engine.target import FLOATS


class Floats(NamedTuple):
    """Some vectors of channels.

    Attributes:
        vectors: of `FLOATS` channels.
        fused: whether sums start at the bias and products are not rounded; otherwise the bias is added last.
        by_columns: whether the taps of a column are added before those of the next one.
        size: 4.
    """

    vectors: int
    fused: int
    by_columns: int
    size: int = 4

    @property
    def channels(self) -> int:
        """Of all vectors."""
        return self.vectors * FLOATS

    def emit(self, b: Any, p: Any, columns: Columns, block: Any, channels: Any) -> None:
        """One output per turn."""
        zero, eight = constant(i64, 0), constant(i64, 8)
        filter_h, filter_w = (load(b, p, i64, 8 * k, 8) for k in (FILTER_H, FILTER_W))
        lines, line_step = (filter_h, eight), (filter_w, b.mul(filter_h, eight))
        (turns, turn_step), (steps, step) = (line_step, lines) if self.by_columns else (lines, line_step)
        column = Loop(b, zero, [columns.table, columns.output])
        table, target = column.carried
        biases = [load(b, block, floats, SIZE * v, 4) for v in range(self.vectors)]
        start = biases if self.fused else [constant(floats, 0.0)] * self.vectors
        turn = Loop(b, zero, [table, at(b, block, SIZE * self.vectors), *start])
        first, *carried = turn.carried
        tap = Loop(b, zero, [first, *carried])
        address, matrix, *sums = tap.carried
        pixel = b.add(load(b, address, i64, align=8), columns.offset)
        for v, total in enumerate(sums):
            left, right = load(b, pixel, floats, SIZE * v, 4), load(b, matrix, floats, SIZE * v, 4)
            sums[v] = multiply_add(b, total, left, right, fused=bool(self.fused))
        carried = [at(b, matrix, SIZE * self.vectors), *sums]
        tap.end(1, steps, [b.add(address, step), *carried])
        turn.end(1, turns, [b.add(first, turn_step), *carried])
        for v, total in enumerate(sums):
            finished = total if self.fused else b.fadd(total, biases[v])
            left = b.sub(channels, constant(i64, FLOATS * v))
            store_floats(b, clamp(b, finished, load(b, p, i64, 8 * FINISH, 8)), at(b, target, SIZE * v), left)
        column.end(1, columns.count, [b.add(table, columns.step), b.add(target, columns.output_step)])


def make(vectors: int, fused: int, by_columns: int) -> Callable[..., None]:
    """Rows of `Floats`."""
    return make_rows(Floats(vectors, fused, by_columns))
