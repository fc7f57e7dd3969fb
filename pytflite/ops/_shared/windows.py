"""Windows that slide over images: sizes, padding, patches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.schema.enums import Padding

if TYPE_CHECKING:
    from pytflite.ops._api import Node

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
    output = -(-size // stride) if padding == Padding.SAME else (size + stride - extent) // stride
    return output, max((output - 1) * stride + extent - size, 0) // 2


def window_of(node: Node, filter_h: int, filter_w: int) -> Window:
    """The window of a convolution or pooling from its options and the shape of ``input`` (NHWC).

    Raises:
        PrepareError: strides, dilations or sizes that leave no output.
    """
    options = node.options
    _, input_h, input_w, _ = node["input"].shape
    dilation_h, dilation_w = getattr(options, "dilation_h_factor", 1), getattr(options, "dilation_w_factor", 1)
    node.require(options.stride_h > 0 and options.stride_w > 0, "Strides must be positive.")
    node.require(dilation_h > 0 and dilation_w > 0, "Dilation factors must be positive.")
    node.require(filter_h > 0 and filter_w > 0, "The window must have at least one tap.")
    output_h, pad_top = padded_extent(input_h, filter_h, options.stride_h, dilation_h, options.padding)
    output_w, pad_left = padded_extent(input_w, filter_w, options.stride_w, dilation_w, options.padding)
    node.require(
        output_h > 0 and output_w > 0,
        f"A window of {filter_h}x{filter_w} (dilation {dilation_h}x{dilation_w}) does not fit into {node['input']}.",
    )
    return Window(options.stride_h, options.stride_w, dilation_h, dilation_w, pad_top, pad_left, output_h, output_w)


def patches(image: Array, window: Window, filter_h: int, filter_w: int, padding: int = 0) -> Array:
    """What each output position sees.

    Args:
        image: (batch, height, width, channels).
        window: the geometry.
        filter_h: taps in a column.
        filter_w: taps in a row.
        padding: value of taps outside of the image.

    Returns:
        A view of shape (batch, output_h, output_w, filter_h, filter_w, channels).
    """
    w = window
    extent_h = (w.output_h - 1) * w.stride_h + (filter_h - 1) * w.dilation_h + 1
    extent_w = (w.output_w - 1) * w.stride_w + (filter_w - 1) * w.dilation_w + 1
    batch, height, width, channels = image.shape
    padded = np.full((batch, extent_h, extent_w, channels), padding, image.dtype)
    inside = image[:, : extent_h - w.pad_top, : extent_w - w.pad_left]
    padded[:, w.pad_top : w.pad_top + inside.shape[1], w.pad_left : w.pad_left + inside.shape[2]] = inside
    step_n, step_y, step_x, step_c = padded.strides
    return np.lib.stride_tricks.as_strided(
        padded,
        (batch, w.output_h, w.output_w, filter_h, filter_w, channels),
        (step_n, step_y * w.stride_h, step_x * w.stride_w, step_y * w.dilation_h, step_x * w.dilation_w, step_c),
        writeable=False,
    )
