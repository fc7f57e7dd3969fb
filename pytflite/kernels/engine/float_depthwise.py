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
        filter_h: taps in a column; 0 if not known, as is the next one then.
        filter_w: taps in a row.
        size: 4.
    """

    vectors: int
    fused: int
    by_columns: int
    filter_h: int
    filter_w: int
    size: int = 4

    @property
    def channels(self) -> int:
        """Of all vectors."""
        return self.vectors * FLOATS

    def emit(self, b: Any, p: Any, columns: Columns, block: Any, channels: Any) -> None:
        """One output per turn."""
        column = Loop(b, constant(i64, 0), [columns.table, columns.output])
        table, target = column.carried
        biases = [load(b, block, floats, SIZE * v, 4) for v in range(self.vectors)]
        start = biases if self.fused else [constant(floats, 0.0)] * self.vectors
        weights = at(b, block, SIZE * self.vectors)
        sums = (self._unrolled if self.filter_h else self._looped)(b, p, start, table, columns.offset, weights)
        for v, total in enumerate(sums):
            finished = total if self.fused else b.fadd(total, biases[v])
            left = b.sub(channels, constant(i64, FLOATS * v))
            store_floats(b, clamp(b, finished, load(b, p, i64, 8 * FINISH, 8)), at(b, target, SIZE * v), left)
        column.end(1, columns.count, [b.add(table, columns.step), b.add(target, columns.output_step)])

    def _unrolled(self, b: Any, p: Any, sums: list[Any], table: Any, offset: Any, weights: Any) -> list[Any]:
        places = [[j * self.filter_h + i for j in range(self.filter_w)] for i in range(self.filter_h)]
        order = range(self.filter_h * self.filter_w) if self.by_columns else [k for line in places for k in line]
        for turn, k in enumerate(order):
            sums = self._add(b, sums, at(b, table, 8 * k), offset, at(b, weights, SIZE * self.vectors * turn))
        return sums

    def _looped(self, b: Any, p: Any, sums: list[Any], table: Any, offset: Any, weights: Any) -> list[Any]:
        zero, eight = constant(i64, 0), constant(i64, 8)
        filter_h, filter_w = (load(b, p, i64, 8 * k, 8) for k in (FILTER_H, FILTER_W))
        lines, line_step = (filter_h, eight), (filter_w, b.mul(filter_h, eight))
        (turns, turn_step), (steps, step) = (line_step, lines) if self.by_columns else (lines, line_step)
        turn = Loop(b, zero, [table, weights, *sums])
        first, *carried = turn.carried
        tap = Loop(b, zero, [first, *carried])
        place, matrix, *sums = tap.carried
        sums = self._add(b, sums, place, offset, matrix)
        carried = [at(b, matrix, SIZE * self.vectors), *sums]
        tap.end(1, steps, [b.add(place, step), *carried])
        turn.end(1, turns, [b.add(first, turn_step), *carried])
        return sums

    def _add(self, b: Any, sums: list[Any], place: Any, offset: Any, weights: Any) -> list[Any]:
        """Add the products of the tap whose address is at a place in the table."""
        pixel = b.add(load(b, place, i64, align=8), offset)
        taps = [[load(b, address, floats, SIZE * v, 4) for address in (pixel, weights)] for v in range(self.vectors)]
        return [multiply_add(b, total, *tap, fused=bool(self.fused)) for total, tap in zip(sums, taps, strict=True)]


def make(vectors: int, fused: int, by_columns: int, filter_h: int, filter_w: int) -> Callable[..., None]:
    """Rows of `Floats`."""
    return make_rows(Floats(vectors, fused, by_columns, filter_h, filter_w))
