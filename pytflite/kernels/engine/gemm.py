"""Tiles of products of 8-bit codes, in one of the forms below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from pytflite.kernels.engine._ir import at, constant, i8, i16, i32, i64, load, splat, vector
from pytflite.kernels.engine.convolution import (
    FACTOR,
    HEIGHT,
    SEGMENT_COUNT,
    SEGMENT_DEPTH,
    SEGMENTS,
    SUMS_AT,
    make_strip,
)
from pytflite.kernels.engine.epilogue import HEAD, RECIPES, finish, store_codes
from pytflite.kernels.engine.isa import ISA, LANES, int32s
from pytflite.kernels.engine.memory import carray, pointer, put_word, word
from pytflite.kernels.engine.packing import NARROW, QUADS, TOGETHER
from pytflite.kernels.engine.target import SHAPE
from pytflite.kernels.engine.words import ADDRESSES

PIXEL: Any = np.int16
"""What pixels in pairs are."""

BYTE: Any = np.uint8 if SHAPE.base else np.int8
"""What pixels in quads are."""


class Codes(NamedTuple):
    """A tile.

    Attributes:
        rows: how many.
        vectors: of channels, a multiple of what makes 16.
        recipe: index into `RECIPES`.
        form: `packing.SHORTS`, `packing.NARROW` or `packing.QUADS`.
        summed: whether each row has a number that is added to all its accumulators.
    """

    rows: int
    vectors: int
    recipe: int
    form: int
    summed: int

    @property
    def extra_step(self) -> int:
        """Numbers are int64."""
        return 8

    @property
    def taps(self) -> int:
        """How many codes are multiplied at once."""
        return 4 if self.form == QUADS else SHAPE.pairs

    @property
    def unit(self) -> int:
        """Their bytes."""
        return self.taps * (1 if self.form == QUADS else 2)

    @property
    def head(self) -> int:
        """The constants of all channels."""
        return HEAD * self.vectors

    @property
    def group(self) -> int:
        """Groups of all channels."""
        return self.taps * LANES * self.vectors * (1 if self.form in (NARROW, QUADS) else 2)

    def start(self, b: Any, block: Any, numbers: Any) -> list[Any]:
        """Biases."""
        totals = [load(b, block, int32s, HEAD * v, 4 * LANES) for v in range(self.vectors)] * self.rows
        if self.summed:
            extra = [splat(b, load(b, numbers, i32, 8 * m), LANES) for m in range(self.rows)]
            totals = [b.add(total, extra[k // self.vectors]) for k, total in enumerate(totals)]
        return totals

    def multiply(self, b: Any, totals: list[Any], pixels: list[Any], weights: Any) -> list[Any]:
        """Weights are widened on the way if they are narrow."""
        lanes, size = self.taps * LANES, self.group // self.vectors
        shown = vector(i8 if self.form == QUADS else i16, lanes)
        taken = [
            load(b, weights, vector(i8 if size == lanes else i16, lanes), size * v, size) for v in range(self.vectors)
        ]
        if self.form == NARROW:
            taken = [b.sext(values, shown) for values in taken]
        following = []
        for m, pixel in enumerate(pixels):
            group = load(b, pixel, {2: i16, 4: i32}[self.unit])
            spread = b.bitcast(splat(b, group, LANES), shown)
            following += [ISA.dot(b, totals[m * self.vectors + v], spread, taken[v]) for v in range(self.vectors)]
        return following

    def finish(
        self, b: Any, totals: list[Any], block: Any, constants: Any, numbers: Any, outputs: list[Any], count: Any
    ) -> None:
        """Requantize."""
        for m, output in enumerate(outputs):
            for v in range(0, self.vectors, TOGETHER):
                requantized = [
                    RECIPES[self.recipe](b, totals[m * self.vectors + k], at(b, block, HEAD * k + 4 * LANES))
                    for k in range(v, min(v + TOGETHER, self.vectors))
                ]
                left = b.sub(count, constant(i64, LANES * v))
                store_codes(b, finish(b, requantized, constants), at(b, output, LANES * v), left)


def make(rows: int, vectors: int, recipe: int, form: int, summed: int) -> Callable[..., None]:
    """A strip of `Codes`."""
    return make_strip(Codes(rows, vectors, recipe, form, summed))


def make_sums(form: int) -> Callable[..., None]:
    """The sum of the pixels of each row of a panel, times a factor, to where tiles look for it.

    Its block is that of the walk.
    """
    dtype = BYTE if form == QUADS else PIXEL

    def row_sums(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        depth, segments = word(p, SEGMENT_DEPTH), word(p, SEGMENTS)
        for row in range(word(scratch, HEIGHT)):
            total = np.int32(0)
            for k in range(word(p, SEGMENT_COUNT)):
                begin = word(scratch + ADDRESSES, row) + word(segments, k)
                for value in carray(pointer(begin, dtype), depth):
                    total += np.int32(value)
            put_word(scratch + word(p, SUMS_AT), row, np.int64(total) * word(p, FACTOR))

    return row_sums


MAKERS: dict[str, Callable[..., Callable[..., None]]] = {"gemm": make, "row_sums": make_sums}
