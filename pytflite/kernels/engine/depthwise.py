"""Depthwise convolutions of any kind, one output row at a time.

Where the pixels are that a row sees is a table of addresses, column by column from top to bottom; outside of the image
there is a row of what counts as zero. With dilation, outputs that see the same columns make up a *phase* each.

This makes the table; what `make_rows` makes reads it, block of channels by block. A `Row` is what differs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import numpy as np

from pytflite.kernels._front import helper
from pytflite.kernels.engine._ir import Loop, at, constant, i8, i16, i32, i64, load, shuffle, vector
from pytflite.kernels.engine.driver import call_kernel
from pytflite.kernels.engine.epilogue import HEAD, RECIPES, finish, store_codes
from pytflite.kernels.engine.isa import ISA, LANES, int32s
from pytflite.kernels.engine.memory import emitted_kernel, put_word, share, word
from pytflite.kernels.engine.packing import QUADS, is_spread
from pytflite.kernels.engine.target import SHAPE
from pytflite.kernels.engine.words import ADDRESSES

(
    INPUT, OUTPUT, ROWS, WEIGHTS, BLOCK_BYTES, FINISH, FLIPS, CHANNELS, COUNT, OUTSIDE, BATCHES,
    IMAGE_H, IMAGE_W, PIXEL_BYTES, FILTER_H, FILTER_W, STRIDE_H, STRIDE_W, DILATION_H, DILATION_W,
    PAD_TOP, PAD_LEFT, OUTPUT_H, OUTPUT_W, PHASES, STEP,
) = range(26)  # fmt: skip
"""Words of the block. Count: of taps, or of what else a row repeats. Step: columns from output to output of a phase."""

COLUMNS, TARGET = range(2)
"""First words of the scratch memory: outputs of the phase, and where the first is. Behind them, at `ADDRESSES`, is the
table, and some more addresses."""


@helper
def put_addresses(taps: Any, step: Any, row: Any, left: Any, stride: Any, pixel: Any, size: Any, outside: Any) -> None:
    """Write where the pixels of a line are that taps see.

    Args:
        taps: address of the first one, and behind the last one.
        step: bytes from one to the next.
        row: address of the row of the image; 0 where there is none.
        left: the column of the image under the first tap.
        stride: columns of the image from one tap to the next.
        pixel: bytes of a pixel.
        size: columns of the image.
        outside: address of what stands for pixels outside of the image.
    """
    first, last = taps
    while first < last and (row == 0 or left < 0):
        put_word(first, 0, outside)
        left += stride
        first += step
    while first < last and left < size:
        put_word(first, 0, row + left * pixel)
        left += stride
        first += step
    while first < last:
        put_word(first, 0, outside)
        first += step


def make() -> Callable[..., None]:
    """The walk; its block has the words above."""

    def depthwise(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        image_h, image_w, pixel, outside = word(p, IMAGE_H), word(p, IMAGE_W), word(p, PIXEL_BYTES), word(p, OUTSIDE)
        output_h, output_w, filter_h, phases = word(p, OUTPUT_H), word(p, OUTPUT_W), word(p, FILTER_H), word(p, PHASES)
        first_row, last_row = share(word(p, BATCHES) * output_h, part, parts)
        table, step = scratch + ADDRESSES, 8 * filter_h
        for output_row in range(first_row, last_row):
            n, y = output_row // output_h, output_row % output_h
            for phase in range(min(phases, output_w)):
                outputs = (output_w - phase + phases - 1) // phases
                end = table + ((outputs - 1) * word(p, STEP) + word(p, FILTER_W)) * step
                left = phase * word(p, STRIDE_W) - word(p, PAD_LEFT)
                for i in range(filter_h):
                    line = y * word(p, STRIDE_H) - word(p, PAD_TOP) + i * word(p, DILATION_H)
                    row = word(p, INPUT) + (n * image_h + line) * image_w * pixel
                    row = row if line >= 0 and line < image_h else np.int64(0)
                    taps = table + 8 * i, end + 8 * i
                    put_addresses(taps, step, row, left, word(p, DILATION_W), pixel, image_w, outside)
                for k in range(4):
                    put_word(end, k, outside)
                put_word(scratch, COLUMNS, outputs)
                put_word(scratch, TARGET, word(p, OUTPUT) + (output_row * output_w + phase) * pixel)
                call_kernel(word(p, ROWS), p, scratch, 0, 0)

    return depthwise


class Columns(NamedTuple):
    """Outputs of a row, one after the other.

    Attributes:
        count: how many, at least one.
        table: address of the addresses of the pixels that the first sees.
        step: bytes in the table from output to output.
        offset: bytes to the first channel in a pixel.
        output: address of the first one.
        output_step: bytes from one to the next.
    """

    count: Any
    table: Any
    step: Any
    offset: Any
    output: Any
    output_step: Any


class Row(Protocol):
    """Some channels of a row."""

    @property
    def channels(self) -> int:
        """How many."""

    @property
    def size(self) -> int:
        """Bytes of an element."""

    def emit(self, b: Any, p: Any, columns: Columns, block: Any, channels: Any) -> None:
        """Compute ``channels`` channels (all if it is more) of all columns from a block of weights."""


def emit_rows(b: Any, row: Row, p: Any, scratch: Any) -> None:
    """All channels of a row: the body of `make_rows`."""
    weights, block_bytes, channels, filter_h, pixel, phases, step = (
        load(b, p, i64, 8 * k, 8) for k in (WEIGHTS, BLOCK_BYTES, CHANNELS, FILTER_H, PIXEL_BYTES, PHASES, STEP)
    )
    count, target = (load(b, scratch, i64, 8 * k, 8) for k in (COLUMNS, TARGET))
    loop = Loop(b, constant(i64, 0), [weights])
    (block,) = loop.carried
    offset = b.mul(loop.index, constant(i64, row.size))
    table_step = b.mul(b.mul(step, filter_h), constant(i64, 8))
    output = b.add(target, offset), b.mul(phases, pixel)
    row.emit(
        b, p, Columns(count, at(b, scratch, ADDRESSES), table_step, offset, *output), block, b.sub(channels, loop.index)
    )
    loop.end(row.channels, channels, [b.add(block, block_bytes)])


def make_rows(row: Row) -> Callable[..., None]:
    """A kernel that computes a phase of a row from the table in scratch memory; its block is that of the walk."""
    return emitted_kernel(lambda b, p, scratch: emit_rows(b, row, p, scratch))


class Codes(NamedTuple):
    """Some vectors of channels of 8-bit codes; zero points are folded into the bias.

    Codes of neighbouring lines are interleaved, so that one instruction gives the sum of their products of a channel. A
    column is read once: what it adds to each of the outputs that see it is added right away. Where the filter is not
    known, taps are read group by group instead.

    Attributes:
        vectors: of `LANES` channels.
        recipe: index into `RECIPES`.
        form: `packing.SHORTS` or `packing.QUADS`.
        filter_h: taps in a column; 0 if not known, as are the next two then.
        filter_w: taps in a row.
        step: columns from output to output.
        size: 1.
    """

    vectors: int
    recipe: int
    form: int
    filter_h: int
    filter_w: int
    step: int
    size: int = 1

    @property
    def channels(self) -> int:
        """Of all vectors."""
        return self.vectors * LANES

    @property
    def pixel(self) -> Any:
        """Codes of all channels."""
        return vector(i8, self.channels)

    @property
    def taps(self) -> int:
        """How many are multiplied at once."""
        return 4 if self.form == QUADS else SHAPE.pairs

    @property
    def group(self) -> int:
        """Bytes of the weights of a group and a vector."""
        return self.taps * LANES * (1 if self.form == QUADS else 2)

    def emit(self, b: Any, p: Any, columns: Columns, block: Any, channels: Any) -> None:
        """One output per turn."""
        flips = load(b, load(b, p, i64, 8 * FLIPS, 8), self.pixel, align=16)
        start = [load(b, block, int32s, HEAD * v, 4 * LANES) for v in range(self.vectors)]
        matrix = at(b, block, HEAD * len(start))
        sums, outputs = [start], 1
        if self.filter_h:
            outputs = (self.filter_w - 1) // self.step + 1
            sums = [start] * outputs
            for c in range(self.filter_w - self.step):
                self._add_column(b, sums, c, columns.table, columns.offset, flips, matrix)
        carried = [total for own in sums[:-1] for total in own]
        loop = Loop(b, constant(i64, 0), [columns.table, columns.output, *carried])
        table, output, *carried = loop.carried
        if self.filter_h:
            sums = [carried[len(start) * q : len(start) * (q + 1)] for q in range(outputs - 1)] + [start]
            for c in range(max(self.filter_w - self.step, 0), self.filter_w):
                self._add_column(b, sums, c, table, columns.offset, flips, matrix)
        else:
            sums = [self._add_groups(b, start, load(b, p, i64, 8 * COUNT, 8), table, columns.offset, flips, matrix)]
        requantized = [RECIPES[self.recipe](b, x, at(b, block, HEAD * v + 4 * LANES)) for v, x in enumerate(sums[0])]
        constants = load(b, p, i64, 8 * FINISH, 8)
        spread = is_spread(self.form, self.vectors)
        store_codes(b, finish(b, requantized, constants, spread=spread), output, channels)
        carried = [total for own in sums[1:] for total in own]
        following = b.add(table, columns.step), b.add(output, columns.output_step)
        loop.end(1, columns.count, [*following, *carried])

    def _add_column(
        self, b: Any, sums: list[list[Any]], c: int, table: Any, offset: Any, flips: Any, matrix: Any
    ) -> None:
        """Add to all sums what a column, counted from the first that the first one sees, gives them."""
        groups = -(-self.filter_h // self.taps)
        for g in range(groups):
            lines = range(g * self.taps, min((g + 1) * self.taps, self.filter_h))
            places = [load(b, table, i64, 8 * (c * self.filter_h + i), 8) for i in lines]
            shown = self._shown(b, [b.xor(load(b, b.add(place, offset), self.pixel), flips) for place in places])
            for q, own in enumerate(sums):
                j = c - q * self.step
                if 0 <= j < self.filter_w:
                    sums[q] = self._dot(b, own, shown, at(b, matrix, (j * groups + g) * len(own) * self.group))

    def _add_groups(
        self, b: Any, start: list[Any], count: Any, table: Any, offset: Any, flips: Any, matrix: Any
    ) -> list[Any]:
        """The sums of an output, over so many groups of taps that are neighbours in the table."""
        loop = Loop(b, constant(i64, 0), [table, matrix, *start])
        address, weights, *sums = loop.carried
        places = [load(b, address, i64, 8 * k, 8) for k in range(self.taps)]
        shown = self._shown(b, [b.xor(load(b, b.add(place, offset), self.pixel), flips) for place in places])
        sums = self._dot(b, sums, shown, weights)
        loop.end(1, count, [at(b, address, 8 * self.taps), at(b, weights, len(sums) * self.group), *sums])
        return sums

    def _shown(self, b: Any, pixels: list[Any]) -> list[Any]:
        """What is multiplied by weights, vector by vector; where lines are missing, weights are 0."""
        pixels = pixels + pixels[-1:] * (self.taps - len(pixels)) if self.form == QUADS else pixels
        if is_spread(self.form, self.vectors):
            return quads(b, pixels)
        lanes, widened = self.taps * LANES, self.form != QUADS and len(pixels) < self.taps
        if widened:
            wide = b.sext(pixels[0], vector(i32, self.channels))
            joined = b.bitcast(wide, vector(i16, 2 * self.channels))
        else:
            joined = interleave(b, pixels)
        parts = [shuffle(b, range(lanes * v, lanes * (v + 1)), joined) for v in range(self.vectors)]
        return parts if widened or self.form == QUADS else [b.sext(part, vector(i16, lanes)) for part in parts]

    def _dot(self, b: Any, sums: list[Any], shown: list[Any], weights: Any) -> list[Any]:
        kind = vector(i8 if self.form == QUADS else i16, self.taps * LANES)
        return [
            ISA.dot(b, total, shown[v], load(b, weights, kind, self.group * v, self.group))
            for v, total in enumerate(sums)
        ]


def interleave(b: Any, parts: list[Any]) -> Any:
    """1, 2 or 4 vectors to one that has the first elements of all, then the second ones, and so on."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    first, second = interleave(b, parts[:half]), interleave(b, parts[half:])
    count = first.type.count
    return shuffle(
        b,
        [lane + k for k in range(0, count, half) for lane in (*range(half), *range(count, count + half))],
        first,
        second,
    )


def quads(b: Any, taps: list[Any]) -> list[Any]:
    """4 vectors of codes to as many of the codes of each channel, in the order of `packing.spread`."""
    count = taps[0].type.count

    def zipped(first: Any, second: Any, size: int, half: int) -> Any:
        """Of every 16 bytes the first or the last 8, from both in turns of a size."""
        starts = [start + 8 * half + k for start in range(0, count, 16) for k in range(0, 8, size)]
        lanes = [base + start + k for start in starts for base in (0, count) for k in range(size)]
        return shuffle(b, lanes, first, second)

    pairs = [(zipped(taps[0], taps[1], 1, half), zipped(taps[2], taps[3], 1, half)) for half in (0, 1)]
    return [zipped(first, second, 2, half) for first, second in pairs for half in (0, 1)]


def make_codes(vectors: int, recipe: int, form: int, filter_h: int, filter_w: int, step: int) -> Callable[..., None]:
    """Rows of `Codes`."""
    return make_rows(Codes(vectors, recipe, form, filter_h, filter_w, step))


MAKERS: dict[str, Callable[..., Callable[..., None]]] = {"depthwise": make, "depthwise_codes": make_codes}
