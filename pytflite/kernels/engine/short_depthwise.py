"""Rows of depthwise convolutions of int16: taps in pairs, two vectors of channels at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from pytflite.kernels.engine._ir import Loop, at, constant, i64, load, shuffle
from pytflite.kernels.engine.depthwise import COUNT, FINISH, Columns, make_rows
from pytflite.kernels.engine.epilogue import HEAD
from pytflite.kernels.engine.isa import ISA, LANES, int16s, int32s
from pytflite.kernels.engine.short_gemm import finish


class Shorts(NamedTuple):
    """Two vectors of channels.

    Attributes:
        recipe: index into `RECIPES`.
        channels: of two vectors.
        size: 2.
    """

    recipe: int
    channels: int = 2 * LANES
    size: int = 2

    def emit(self, b: Any, p: Any, columns: Columns, block: Any, channels: Any) -> None:
        """One output per turn."""
        zero, size = constant(i64, 0), 4 * LANES
        bias = [load(b, block, int32s, HEAD * v, size) for v in (0, 1)]
        column = Loop(b, zero, [columns.table, columns.output])
        tap, target = column.carried
        pair = Loop(b, zero, [tap, at(b, block, 2 * HEAD), *bias])
        address, matrix, *sums = pair.carried
        first, second = (load(b, b.add(load(b, address, i64, 8 * k, 8), columns.offset), int16s) for k in (0, 1))
        for v in (0, 1):
            lanes = [lane for k in range(LANES * v, LANES * (v + 1)) for lane in (k, 2 * LANES + k)]
            pixels = shuffle(b, lanes, first, second)
            sums[v] = ISA.dot(b, sums[v], pixels, load(b, matrix, int16s, size * v, size))
        pair.end(1, load(b, p, i64, 8 * COUNT, 8), [at(b, address, 16), at(b, matrix, 2 * size), *sums])
        finish(b, self.recipe, sums, block, load(b, p, i64, 8 * FINISH, 8), target, channels)
        column.end(1, columns.count, [b.add(tap, columns.step), b.add(target, columns.output_step)])


def make(recipe: int) -> Callable[..., None]:
    """Rows of `Shorts`."""
    return make_rows(Shorts(recipe))
