"""The call of `kernels.engine.depthwise`: geometry and blocks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.kernels.engine.buffers import aligned
from pytflite.kernels.engine.program import Key
from pytflite.kernels.engine.words import ADDRESSES
from pytflite.runtime.engine.binding import Call
from pytflite.runtime.engine.convolution import Slides

Array = npt.NDArray[Any]

NO_FLIPS = aligned(16)


MOST_TAPS = 25
"""Of filters that there is code of their own for."""


def known_filter(slides: Slides) -> tuple[int, int]:
    """Height and width of the filter for code of its own; zeros where that would be long."""
    height, width, _ = slides.filter
    return (height, width) if height * width <= MOST_TAPS else (0, 0)


def step_of(slides: Slides) -> int:
    """How many of the columns that a phase sees lie between neighbouring outputs of it."""
    return slides.window.stride_w // math.gcd(slides.window.stride_w, slides.window.dilation_w)


def by_columns(filter: Array, taps: int) -> Array:
    """A filter (taps in a column, taps in a row, channels) as (taps, channels), column by column.

    Each column has a multiple of ``taps``, as zeros are added below.
    """
    height, width, channels = filter.shape
    padded = np.zeros((width, -(-height // taps) * taps, channels), filter.dtype)
    padded[:, :height] = filter.swapaxes(0, 1)
    return padded.reshape(-1, channels)


def depthwise(
    slides: Slides, rows: Key, blocks: Array, finish: Array, count: int, *, outside: Array | None = None,
    flips: Array = NO_FLIPS,
) -> Call:  # fmt: skip
    """The call of a depthwise convolution.

    Args:
        slides: the geometry.
        rows: the kernel that computes rows.
        blocks: weights, one row per block.
        finish: constants for the kernel.
        count: what it repeats.
        outside: a pixel outside of the image; zeros by default.
        flips: 16 bytes that are exclusive-ored to the input.
    """
    image, window, (filter_h, filter_w, _), output = slides
    batch, height, width, channels = image.shape
    step, pixel = step_of(slides), channels * image.itemsize
    phases = window.dilation_w * step // window.stride_w
    words = [
        image, output, rows, blocks, blocks.shape[1], finish, flips, channels, count,
        aligned(pixel) if outside is None else outside, batch, height, width, pixel, filter_h, filter_w, *window,
        phases, step,
    ]  # fmt: skip
    columns = -(-window.output_w // phases) * step + filter_w
    return Call(("depthwise",), words, batch * window.output_h, ADDRESSES + 8 * (columns * filter_h + 4))
