"""MaxUnpooling2D, also called LiteRtMaxUnpooling2D: numbers put back to where a maximum pool took them from.

input: (batch, height, width, channels) float32. indices: int32, the same shape: places in one batch of the output,
counted over rows, columns and channels. output: float32, 0 where nothing is put; of several numbers for one place the
last counts. The custom options are the C structure ``TfLitePoolParams``: padding (1 same, 2 valid), strides, filter.

Source: ``perception/max_unpooling_2d.cc``.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import InvokeError
from pytflite.ops._api import Node, Op, Shape
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.CUSTOM, "input indices", "output", custom_code="MaxUnpooling2D")
ALSO = ("LiteRtMaxUnpooling2D",)

SAME, VALID = 1, 2
LAYOUT = struct.Struct("<5i")
"""Padding, stride_width, stride_height, filter_width, filter_height; what follows does not matter here."""


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The shape that the pool was given."""
    input, indices, options = node["input"], node["indices"], node.operator.custom_options
    node.require(len(input.shape) == 4, f"{input} must have 4 dimensions.")
    node.require(indices.shape == input.shape, f"{indices} must be of the shape of {input}.")
    node.require(
        len(options) >= LAYOUT.size,
        f"The custom options have {len(options)} bytes, {LAYOUT.size} or more are accepted.",
    )
    padding, stride_width, stride_height, filter_width, filter_height = LAYOUT.unpack_from(options)
    node.require(padding in (SAME, VALID), f"Padding is {padding}, 1 (same) and 2 (valid) are accepted.")
    sizes = (stride_width, stride_height, filter_width, filter_height)
    node.require(min(sizes) > 0, f"Strides and filter are {sizes}, positive numbers are accepted.")
    batch, height, width, channels = input.shape
    if padding == SAME:
        return [(batch, height * stride_height, width * stride_width, channels)]
    return [(batch, (height - 1) * stride_height + filter_height, (width - 1) * stride_width + filter_width, channels)]


def params(node: Node) -> Shape:
    """The output shape."""
    return node["output"].shape


@OP.rule("float32", "f32 i32 -> f32", params=params)
def define(input: Array, indices: Array, p: Shape) -> Array:
    """Batch by batch."""
    output = np.zeros((p[0], p[1] * p[2] * p[3]), np.float32)
    if indices.size and not 0 <= indices.min() <= indices.max() < output.shape[1]:
        raise InvokeError(f"Indices must be from 0 to {output.shape[1] - 1}.")
    for row, places, numbers in zip(output, indices, input, strict=True):
        row[places.ravel()] = numbers.ravel()
    return output.reshape(p)
