"""The call of `kernels.engine.convolution`: geometry, panels, blocks and how elements are brought to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.kernels.engine import SLACK
from pytflite.kernels.engine.buffers import aligned
from pytflite.kernels.engine.program import Key
from pytflite.kernels.engine.words import ADDRESSES
from pytflite.ops._shared.windows import Window
from pytflite.runtime.engine.binding import Call

Array = npt.NDArray[Any]

PANEL_BYTES = 1 << 16
"""What the pixels of a panel of rows may take, so that they stay in the cache while all weights pass by."""

MOST_ROWS = 1 << 12
"""Of a panel."""

LEAST_PRODUCTS = 1 << 16
"""Smaller convolutions are not split."""


class Slides(NamedTuple):
    """A filter that slides over images.

    Attributes:
        image: (batch, height, width, channels).
        window: the geometry.
        filter: taps in a column, taps in a row, channels that each sees.
        output: (batch, output height, output width, output channels); of a column of pixels it may be a part.
    """

    image: Array
    window: Window
    filter: tuple[int, ...]
    output: Array

    @property
    def rows(self) -> int:
        """Positions in an image."""
        return self.window.output_h * self.window.output_w

    @property
    def groups(self) -> int:
        """Of channels."""
        return int(self.image.shape[3]) // self.filter[2]

    @property
    def joined(self) -> bool:
        """Whether the taps of a line lie side by side."""
        return self.filter[1] == 1 or (self.window.dilation_w == 1 and self.groups == 1)

    @property
    def segments(self) -> int:
        """How many runs of neighbouring elements a position sees."""
        return self.filter[0] if self.joined else self.filter[0] * self.filter[1]

    @property
    def extent(self) -> tuple[int, int]:
        """Lines and columns between the first and the last tap, both included."""
        w = self.window
        return (self.filter[0] - 1) * w.dilation_h + 1, (self.filter[1] - 1) * w.dilation_w + 1

    @property
    def inside(self) -> bool:
        """Whether no tap is ever outside of the image."""
        w, (_, height, width, _) = self.window, self.image.shape
        last = (w.output_h - 1) * w.stride_h + self.extent[0], (w.output_w - 1) * w.stride_w + self.extent[1]
        return w.pad_top == w.pad_left == 0 and last[0] <= height and last[1] <= width

    def flat(self) -> Slides:
        """The same as a column of pixels, where each output sees one pixel and all pixels are seen."""
        _, height, width, depth = self.image.shape
        if (*self.window[:2], *self.window[4:], *self.filter[:2]) != (1, 1, 0, 0, height, width, 1, 1):
            return self
        return matrix(self.image.reshape(-1, depth), self.output)._replace(filter=self.filter)


def matrix(rows: Array, output: Array) -> Slides:
    """What slides over the rows of a matrix (rows, depth): each is a pixel of a column."""
    count, depth = rows.shape
    window = Window(1, 1, 1, 1, 0, 0, count, 1)
    return Slides(rows.reshape(1, count, 1, depth), window, (1, 1, depth), output.reshape(1, count, 1, -1))


class Form(NamedTuple):
    """How kernels read the image.

    Attributes:
        taps: how many elements are multiplied at once.
        widened: whether codes become int16.
        flip: what is exclusive-ored to the bytes of the image.
        offset: what is added to widened codes; otherwise the byte that counts as zero.
    """

    taps: int = 1
    widened: bool = False
    flip: int = 0
    offset: int = 0


class Extras(NamedTuple):
    """A number for each row.

    Attributes:
        numbers: where they are; None if a kernel sums them up.
        step: bytes from one to the next.
        summing: that kernel.
        factor: of its sums.
    """

    numbers: Array | None = None
    step: int = 0
    summing: Key | None = None
    factor: int = 0


NO_EXTRAS = Extras()


def convolution(
    slides: Slides, form: Form, strip: Key, tile_rows: int, width: int, blocks: Sequence[Array], finish: Array,
    extras: Extras = NO_EXTRAS,
) -> Call:  # fmt: skip
    """The call of a convolution.

    Args:
        slides: the geometry.
        form: how the image is read.
        strip: the kernel that multiplies.
        tile_rows: rows of its tiles, at most those of the image.
        width: channels of a block.
        blocks: of each group of channels, one row per block.
        finish: constants for the strip.
        extras: numbers of the rows, if they have any.
    """
    image, window, (filter_h, filter_w, depth), output = slides
    batch, height, image_w, channels = image.shape
    banded = form.widened or form.flip != 0 or not slides.inside
    element = 2 if form.widened else image.itemsize
    columns = (window.output_w - 1) * window.stride_w + slides.extent[1]
    pixel = channels * element
    line = (columns if banded else image_w) * pixel
    fitting = max((PANEL_BYTES // line - slides.extent[0]) // window.stride_h + 1, 1)
    panels = -(-slides.rows // min(fitting * window.output_w, MOST_ROWS))
    panel_rows = -(-slides.rows // (panels * tile_rows)) * tile_rows
    most_rows = panel_rows + tile_rows - 1
    lines = min((most_rows - 2) // window.output_w + 2, window.output_h)
    sums_at = ADDRESSES + 8 * most_rows
    band_at = -(-(sums_at + (8 * most_rows if extras.summing else 0)) // 64) * 64
    band = ((lines - 1) * window.stride_h + slides.extent[0]) * line + SLACK if banded else 0
    table, own = aligned(32 * sum(map(len, blocks))).view(np.int64).reshape(-1, 4), output.shape[3] // len(blocks)
    starts = [(group, first) for group in range(len(blocks)) for first in range(0, own, width)]
    for row, (group, first) in zip(table, starts, strict=True):
        weights = blocks[group][first // width].ctypes.data
        row[:] = weights, group * depth * element, (group * own + first) * output.itemsize, own - first
    columns_of_taps = [0] if slides.joined else [window.dilation_w * pixel * j for j in range(filter_w)]
    offsets = aligned(8 * slides.segments).view(np.int64)
    offsets[:] = [window.dilation_h * line * i + column for i in range(filter_h) for column in columns_of_taps]
    run = depth * (filter_w if slides.joined else 1)
    words = [
        image, output, strip, extras.summing or 0, batch, slides.rows, tile_rows, panel_rows, table, len(table),
        offsets, len(offsets), -(-run // form.taps), finish, 0 if extras.numbers is None else extras.numbers,
        extras.step, output.strides[1] // window.output_w, window.output_w, window.stride_h, window.stride_w * pixel,
        line, slides.extent[0], window.pad_top, window.pad_left, height, image_w, channels * image.itemsize, columns,
        element // image.itemsize if banded else 0, form.flip, form.offset, sums_at, band_at, run, extras.factor,
        *blocks,
    ]  # fmt: skip
    products = batch * slides.rows * own * len(blocks) * depth * filter_h * filter_w
    parts = max(slides.rows // tile_rows, len(table)) if products > LEAST_PRODUCTS else 1
    return Call(("convolution",), words, parts, band_at + band)
