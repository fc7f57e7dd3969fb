"""Convolutions and fully connected layers of any kind: rows of what a filter sees, times weights, tile by tile.

A row is the product of some *segments* that lie side by side in the image: lines of taps, or single taps where those
are apart. Where the image cannot be read as it is, the lines that a panel of rows sees are brought into a *band* first:
widened, flipped, amid what counts as zero. So each element is touched once, not once per tap. Where the segments of a
row begin is a table of addresses, plus one of offsets.

This walks over panels of rows; a strip (`make_strip`) multiplies a panel by blocks of weights, and a *tile* is what
differs: some rows times some vectors of channels, whose accumulators stay in registers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from pytflite.kernels._front import helper
from pytflite.kernels.engine._ir import Loop, at, call, constant, i64, load
from pytflite.kernels.engine.driver import call_kernel
from pytflite.kernels.engine.memory import emitted_kernel, fill, flip_codes, put_word, share, widen, word
from pytflite.kernels.engine.words import ADDRESSES

(
    INPUT, OUTPUT, STRIP, SUMMING, BATCHES, ROWS, TILE_ROWS, PANEL_ROWS, BLOCKS, BLOCK_COUNT,
    SEGMENTS, SEGMENT_COUNT, GROUPS, FINISH, EXTRAS, EXTRA_STEP, ROW_BYTES, OUTPUT_W, STRIDE_H, STEP,
    LINE_BYTES, EXTENT_H, PAD_TOP, PAD_LEFT, IMAGE_H, IMAGE_W, PIXEL_BYTES, COLUMNS, SIZE, FLIP, OFFSET,
    SUMS_AT, BAND_AT, SEGMENT_DEPTH, FACTOR,
) = range(35)  # fmt: skip
"""Words of the block.

What the strip needs; how often there are so many rows; the table of blocks, four words each: address of the weights,
bytes to the first channel in a pixel of the input and of the output, channels left; the table of segments: bytes from
the first. Sizes of bands: bytes of a line, lines that a row sees, columns; bytes of an element for each byte of the
input, 0 where there is no band.
"""

HEIGHT, FIRST_BLOCK, LAST_BLOCK, TARGET, NUMBERS = range(5)
"""First words of the scratch memory: rows of the panel, blocks to multiply by, where the first output and number are.

Behind them, at `ADDRESSES`, is where each row begins, then a number for each (SUMS_AT), then the band (BAND_AT).
"""


@helper
def take(source: Any, target: Any, count: Any, size: Any, flip: Any, offset: Any) -> None:
    """Bytes as they are but for what is flipped; or codes as int16, with an offset."""
    if size == 1:
        flip_codes(source, target, count, flip)
    else:
        widen(source, target, count, flip, offset)


@helper
def fill_band(p: Any, image: Any, band: Any, top: Any, lines: Any) -> None:
    """Bring lines of an image from the ``top`` on, which may be outside, into a band."""
    size, flip, offset, line_bytes = word(p, SIZE), word(p, FLIP), word(p, OFFSET), word(p, LINE_BYTES)
    zero = offset if size == 1 else 0
    width, pixel, columns, left = word(p, IMAGE_W), word(p, PIXEL_BYTES), word(p, COLUMNS), word(p, PAD_LEFT)
    begin = min(max(-top, 0), lines)
    end = max(min(word(p, IMAGE_H) - top, lines), begin)
    right = min(width + left, columns)
    if begin > 0:
        fill(band, begin * line_bytes, zero)
    source, target = image + (top + begin) * width * pixel, band + begin * line_bytes
    if left == 0 and columns == width and end > begin:
        take(source, target, (end - begin) * width * pixel, size, flip, offset)
    else:
        for _ in range(begin, end):
            if left > 0:
                fill(target, min(left, columns) * pixel * size, zero)
            if right > left:
                take(source, target + left * pixel * size, (right - left) * pixel, size, flip, offset)
            if columns > right:
                fill(target + right * pixel * size, (columns - right) * pixel * size, zero)
            source += width * pixel
            target += line_bytes
    if end < lines:
        fill(band + end * line_bytes, (lines - end) * line_bytes, zero)


@helper
def panel(p: Any, scratch: Any, image: Any, first: Any, height: Any) -> None:
    """Have some rows of an image from the ``first`` on ready for a strip."""
    output_w, line_bytes, stride_h, step = word(p, OUTPUT_W), word(p, LINE_BYTES), word(p, STRIDE_H), word(p, STEP)
    y, x = first // output_w, first % output_w
    top = y * stride_h - word(p, PAD_TOP)
    address = image + top * line_bytes
    if word(p, SIZE) != 0:
        address = scratch + word(p, BAND_AT)
        fill_band(p, image, address, top, ((first + height - 1) // output_w - y) * stride_h + word(p, EXTENT_H))
    put_word(scratch, HEIGHT, height)
    whole = stride_h * line_bytes == output_w * step
    row = 0
    while row < height:
        count = height - row if whole else min(output_w - x, height - row)
        for k in range(count):
            put_word(scratch + ADDRESSES, row + k, address + (x + k) * step)
        row += count
        address += stride_h * line_bytes
        x = 0


def make() -> Callable[..., None]:
    """The walk. Its block has the words above, and at least as many rows as a tile."""

    def convolution(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        rows, tile_rows, panel_rows = word(p, ROWS), word(p, TILE_ROWS), word(p, PANEL_ROWS)
        first_row, last_row, first_block, last_block = 0, rows, 0, word(p, BLOCK_COUNT)
        if parts > 1:
            tiles, blocks = rows // tile_rows, last_block
            if tiles >= parts and (tiles + parts - 1) // parts * blocks <= (blocks + parts - 1) // parts * tiles:
                first_row, last_row = share(tiles, part, parts)
                first_row, last_row = first_row * tile_rows, rows if part == parts - 1 else last_row * tile_rows
            else:
                first_block, last_block = share(blocks, part, parts)
        put_word(scratch, FIRST_BLOCK, first_block)
        put_word(scratch, LAST_BLOCK, last_block)
        image_bytes = word(p, IMAGE_H) * word(p, IMAGE_W) * word(p, PIXEL_BYTES)
        for n in range(word(p, BATCHES) if first_block < last_block else 0):
            first = first_row
            while first < last_row:
                end = first + panel_rows
                if end + tile_rows > last_row:
                    end = last_row
                panel(p, scratch, word(p, INPUT) + n * image_bytes, first, end - first)
                put_word(scratch, TARGET, word(p, OUTPUT) + (n * rows + first) * word(p, ROW_BYTES))
                put_word(scratch, NUMBERS, word(p, EXTRAS) + (n * rows + first) * word(p, EXTRA_STEP))
                if word(p, SUMMING) != 0:
                    put_word(scratch, NUMBERS, scratch + word(p, SUMS_AT))
                    call_kernel(word(p, SUMMING), p, scratch, 0, 0)
                call_kernel(word(p, STRIP), p, scratch, 0, 0)
                first = end

    return convolution


class Tile(Protocol):
    """Some rows times some vectors of channels."""

    @property
    def rows(self) -> int:
        """How many rows."""

    @property
    def extra_step(self) -> int:
        """Bytes from the number of a row to that of the next one; 0 if they have none of their own."""

    @property
    def unit(self) -> int:
        """Bytes of a row that are multiplied at once."""

    @property
    def head(self) -> int:
        """Bytes of a block before its weights."""

    @property
    def group(self) -> int:
        """Bytes of weights that are multiplied by a unit of each row."""

    def start(self, b: Any, block: Any, numbers: Any) -> list[Any]:
        """Accumulators, row by row, from the head of a block and the numbers of the rows."""

    def multiply(self, b: Any, totals: list[Any], pixels: list[Any], weights: Any) -> list[Any]:
        """Add the products of a unit of each row, all by address."""

    def finish(
        self, b: Any, totals: list[Any], block: Any, constants: Any, numbers: Any, outputs: list[Any], count: Any
    ) -> None:
        """Write ``count`` outputs of each row (all if it is more, none if it is negative)."""


def emit_strip(b: Any, tile: Tile, p: Any, scratch: Any) -> None:
    """Multiply a panel by blocks of weights: the body of `make_strip`."""
    height, first, last, target, numbers = (load(b, scratch, i64, 8 * k, 8) for k in range(5))
    blocks, segments, segment_count, groups, constants, row_bytes = (
        load(b, p, i64, 8 * k, 8) for k in (BLOCKS, SEGMENTS, SEGMENT_COUNT, GROUPS, FINISH, ROW_BYTES)
    )
    zero, eight = constant(i64, 0), constant(i64, 8)
    turn = Loop(b, first, [])
    entry = b.add(blocks, b.shl(turn.index, constant(i64, 5)))
    block, source, output, count = (load(b, entry, i64, 8 * k, 8) for k in range(4))
    strip = Loop(b, zero, [])
    row = call(b, "llvm.smin.i64", i64, [strip.index, b.sub(height, constant(i64, tile.rows))])
    addresses = at(b, b.add(scratch, b.mul(row, eight)), ADDRESSES)
    own = b.add(numbers, b.mul(row, constant(i64, tile.extra_step)))
    segment = Loop(b, zero, [at(b, block, tile.head), *tile.start(b, block, own)])
    offset = b.add(source, load(b, b.add(segments, b.mul(segment.index, eight)), i64, align=8))
    begins = [b.add(load(b, addresses, i64, 8 * m, 8), offset) for m in range(tile.rows)]
    group = Loop(b, zero, segment.carried)
    weights, *totals = group.carried
    behind = b.mul(group.index, constant(i64, tile.unit))
    totals = tile.multiply(b, totals, [b.add(begin, behind) for begin in begins], weights)
    carried = [at(b, weights, tile.group), *totals]
    group.end(1, groups, carried)
    segment.end(1, segment_count, carried)
    outputs = [b.add(b.add(target, output), b.mul(row, row_bytes))]
    for _ in range(1, tile.rows):
        outputs.append(b.add(outputs[-1], row_bytes))
    tile.finish(b, totals, block, constants, own, outputs, count)
    strip.end(tile.rows, height, [])
    turn.end(1, last, [])


def make_strip(tile: Tile) -> Callable[..., None]:
    """A kernel that multiplies the panel in scratch memory by blocks of weights; its block is that of the walk."""
    return emitted_kernel(lambda b, p, scratch: emit_strip(b, tile, p, scratch))
