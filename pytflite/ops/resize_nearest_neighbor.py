"""RESIZE_NEAREST_NEIGHBOR: each output pixel is the nearest input pixel.

input: (batch, height, width, channels). size: int32 vector of output height and width. output: (batch, output height,
output width, channels). Positions are computed in float32 and rounded down, or to nearest with align_corners.

Source: ``resize_nearest_neighbor.cc``, ``reference/resize_nearest_neighbor.h``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.rounding import round_half_away
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.resizing import image_scale, resized_shapes
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ResizeNearestNeighborOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.RESIZE_NEAREST_NEIGHBOR, "input size", "output", ResizeNearestNeighborOptions)

shapes = OP.shapes(resized_shapes)


class Nearest(NamedTuple):
    """Which input pixels are taken.

    Attributes:
        rows: int32, one for each output row.
        columns: int32, one for each output column.
    """

    rows: Array
    columns: Array


def params(node: Node) -> Nearest:
    """The input row and column of each output row and column."""
    return Nearest(*(nearest(node, axis) for axis in (1, 2)))


def nearest(node: Node, axis: int) -> Array:
    """The nearest input position along an axis for every output position (``GetNearestNeighbor``)."""
    options, size = node.options, node["input"].shape[axis]
    scale, offset = image_scale(node, axis), np.float32(0.5 if options.half_pixel_centers else 0.0)
    position = (np.arange(node["output"].shape[axis], dtype=np.float32) + offset) * scale
    whole = round_half_away(position) if options.align_corners else np.floor(position)
    return np.minimum(whole.astype(np.int32), size - 1)


@OP.rule("copy", "T i32 -> T", params=params, T="f32 f16 bf16 i8 u8 i16 u16 i32 u32 b")
def define(input: Array, size: Array, p: Nearest) -> Array:
    """Rows, then columns."""
    return input[:, p.rows][:, :, p.columns]
