"""Windows that slide over images: sizes, padding, taps, patches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.schema.enums import Padding

if TYPE_CHECKING:
    from pytflite.ops._api import Node, Shape

Array = npt.NDArray[Any]


class Window(NamedTuple):
    """Geometry of a window; heights before widths.

    Attributes:
        stride_h, stride_w: steps between output positions.
        dilation_h, dilation_w: steps between taps.
        pad_top, pad_left: rows and columns of padding before the image.
        output_h, output_w: number of output positions.
    """

    stride_h: int
    stride_w: int
    dilation_h: int
    dilation_w: int
    pad_top: int
    pad_left: int
    output_h: int
    output_w: int


def padded_extent(size: int, filter_size: int, stride: int, dilation: int, padding: int) -> tuple[int, int]:
    """Output size and leading padding along one dimension (``ComputeOutSize``, ``ComputePadding``, padding.h).

    SAME padding puts the odd row or column after the image.
    """
    extent = (filter_size - 1) * dilation + 1
    fitting = int((size + stride - extent) / stride)  # C's division: toward zero
    output = -(-size // stride) if padding == Padding.SAME else fitting
    return output, max((output - 1) * stride + extent - size, 0) // 2


def window_of(node: Node, filter_h: int, filter_w: int, image: Shape | None = None) -> Window:
    """The window of a convolution or pooling from its options.

    Args:
        node: the operator.
        filter_h: taps in a column.
        filter_w: taps in a row.
        image: shape (NHWC) of what the window slides over, by default that of ``input``.

    Raises:
        PrepareError: strides, dilations or sizes that the kernels refuse.
    """
    options = node.options
    _, image_h, image_w, _ = node["input"].shape if image is None else image
    dilation_h, dilation_w = getattr(options, "dilation_h_factor", 1), getattr(options, "dilation_w_factor", 1)
    node.require(options.stride_h > 0 and options.stride_w > 0, "Strides must be positive.")
    node.require(dilation_h > 0 and dilation_w > 0, "Dilation factors must be positive.")
    node.require(filter_h > 0 and filter_w > 0, "The window must have at least one tap.")
    output_h, pad_top = padded_extent(image_h, filter_h, options.stride_h, dilation_h, options.padding)
    output_w, pad_left = padded_extent(image_w, filter_w, options.stride_w, dilation_w, options.padding)
    node.require(
        output_h >= 0 and output_w >= 0,
        f"A window of {filter_h}x{filter_w} (dilation {dilation_h}x{dilation_w}) does not fit into an image of "
        f"{image_h}x{image_w}.",
    )
    return Window(options.stride_h, options.stride_w, dilation_h, dilation_w, pad_top, pad_left, output_h, output_w)


class Tap(NamedTuple):
    """One tap of a filter and where it falls inside of the image.

    Attributes:
        row, column: which tap.
        positions: index of the window positions, for arrays of shape (batch, output_h, output_w, channels).
        pixels: index of the pixels under the tap, one per position, for arrays of (batch, height, width, channels).
    """

    row: int
    column: int
    positions: tuple[slice, ...]
    pixels: tuple[slice, ...]


def taps(window: Window, filter_h: int, filter_w: int, image_h: int, image_w: int) -> Iterator[Tap]:
    """Every tap of a window in row-major order: the order in which the reference kernels sum."""
    w = window
    for i in range(filter_h):
        ys, rows = inside(w.output_h, image_h, w.stride_h, i * w.dilation_h - w.pad_top)
        for j in range(filter_w):
            xs, columns = inside(w.output_w, image_w, w.stride_w, j * w.dilation_w - w.pad_left)
            yield Tap(i, j, (slice(None), ys, xs), (slice(None), rows, columns))


def inside(positions: int, size: int, stride: int, offset: int) -> tuple[slice, slice]:
    """The positions for which ``position * stride + offset`` is within an image of a size, and those pixels."""
    first = max(-(offset // stride), 0)
    last = max(min((size - 1 - offset) // stride + 1, positions), first)
    pixel = first * stride + offset
    return slice(first, last), slice(pixel, pixel + (last - first) * stride, stride)


def patches(image: Array, window: Window, filter_h: int, filter_w: int) -> Array:
    """What each output position sees, zeros outside of the image.

    Args:
        image: (batch, height, width, channels).
        window: the geometry.
        filter_h: taps in a column.
        filter_w: taps in a row.

    Returns:
        A view of shape (batch, output_h, output_w, filter_h, filter_w, channels).
    """
    w = window
    extent_h = max((w.output_h - 1) * w.stride_h + (filter_h - 1) * w.dilation_h + 1, w.pad_top)
    extent_w = max((w.output_w - 1) * w.stride_w + (filter_w - 1) * w.dilation_w + 1, w.pad_left)
    batch, _, _, channels = image.shape
    padded = np.zeros((batch, extent_h, extent_w, channels), image.dtype)
    inside = image[:, : extent_h - w.pad_top, : extent_w - w.pad_left]
    padded[:, w.pad_top : w.pad_top + inside.shape[1], w.pad_left : w.pad_left + inside.shape[2]] = inside
    step_n, step_y, step_x, step_c = padded.strides
    return np.lib.stride_tricks.as_strided(
        padded,
        (batch, w.output_h, w.output_w, filter_h, filter_w, channels),
        (step_n, step_y * w.stride_h, step_x * w.stride_w, step_y * w.dilation_h, step_x * w.dilation_w, step_c),
        writeable=False,
    )
