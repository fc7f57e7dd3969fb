"""Windows that slide over volumes: what CONV_3D and CONV_3D_TRANSPOSE derive in prepare."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.epilogue import FloatEpilogue
from pytflite.ops._shared.windows import inside, padded_extent

if TYPE_CHECKING:
    from pytflite.ops._api import Node, Shape

Array = npt.NDArray[Any]


class Volume(NamedTuple):
    """Geometry of a window: depth, height, width.

    Attributes:
        strides: steps between output positions.
        dilations: steps between taps.
        padding: layers, rows and columns before the volume.
        output: numbers of output positions.
    """

    strides: Shape
    dilations: Shape
    padding: Shape
    output: Shape


class VolumeParams(NamedTuple):
    """What the definitions are given.

    Attributes:
        volume: the geometry.
        epilogue: from the accumulator, bias included, to the output.
        shape: of the output.
    """

    volume: Volume
    epilogue: FloatEpilogue
    shape: Shape


class Tap(NamedTuple):
    """One tap of a filter and where it falls inside of the volume.

    Attributes:
        place: in the filter, (layer, row, column).
        positions: index of the window positions, for arrays of shape (batch, depth, height, width, channels).
        points: index of what is under the tap, one per position, for such arrays.
    """

    place: tuple[int, ...]
    positions: tuple[slice, ...]
    points: tuple[slice, ...]


def require_tensors(node: Node, channel_axis: int) -> None:
    """Refuse ranks, empty filters and biases that do not fit.

    Args:
        node: the operator.
        channel_axis: of the filter, where the output channels are.
    """
    input, filter, bias = node["input"], node["filter"], node.get("bias")
    node.require(len(input.shape) == 5, f"{input} must have 5 dimensions.")
    node.require(len(filter.shape) == 5, f"{filter} must have 5 dimensions.")
    node.require(0 not in input.shape[1:], f"{input} must have no size 0 but that of the batch.")
    node.require(0 not in filter.shape, f"{filter} must have no size 0.")
    channels = filter.shape[channel_axis]
    node.require(bias is None or prod(bias.shape) == channels, f"{bias} must have {channels} elements.")


def volume_of(node: Node, sizes: Shape) -> Volume:
    """The window of a filter whose first dimensions are depth, height and width.

    Args:
        node: the operator.
        sizes: depth, height and width of what the window slides over.

    Raises:
        PrepareError: strides, dilations or sizes that the kernels refuse.
    """
    options, filter = node.options, node["filter"].shape[:3]
    strides = options.stride_d, options.stride_h, options.stride_w
    dilations = options.dilation_d_factor, options.dilation_h_factor, options.dilation_w_factor
    node.require(min(strides) > 0, "Strides must be positive.")
    node.require(min(dilations) > 0, "Dilation factors must be positive.")
    extents = [
        padded_extent(*numbers, options.padding) for numbers in zip(sizes, filter, strides, dilations, strict=True)
    ]
    output, padding = zip(*extents, strict=True)
    node.require(
        min(output) >= 0, f"A window of {list(filter)} (dilation {list(dilations)}) does not fit into {list(sizes)}."
    )
    return Volume(strides, dilations, padding, output)


def taps(volume: Volume, filter: Shape, sizes: Shape) -> Iterator[Tap]:
    """Every tap of a window in row-major order.

    Args:
        volume: the geometry.
        filter: depth, height and width of the filter.
        sizes: those of what it slides over.
    """
    for place in np.ndindex(*filter):
        offsets = (i * step - before for i, step, before in zip(place, volume.dilations, volume.padding, strict=True))
        pairs = [inside(*numbers) for numbers in zip(volume.output, sizes, volume.strides, offsets, strict=True)]
        positions, points = zip(*pairs, strict=True)
        yield Tap(place, (slice(None), *positions), (slice(None), *points))
