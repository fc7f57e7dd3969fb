"""CONV_3D_TRANSPOSE: the convolution that leads from a small volume back to a larger one.

output_shape: int32, the five sizes of the output. filter: (filter depth, filter height, filter width, output channels,
channels). input: (batch, depth, height, width, channels). bias: (output channels), may be absent. output: (batch,
output depth, output height, output width, output channels). Each point of the input is where a window over the output
would be: it spreads over what the window sees. Products are summed one by one over (layer, row, column, channel) of the
input, what falls outside of the output is lost; the bias comes last.

Source: ``conv3d_transpose.cc``, ``reference/conv3d_transpose.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.convolutions import biased
from pytflite.ops._shared.epilogues import float_epilogue
from pytflite.ops._shared.movement import integers
from pytflite.ops._shared.products import add_products
from pytflite.ops._shared.volumes import VolumeParams, require_tensors, taps, volume_of
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import Conv3DOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.CONV_3D_TRANSPOSE, "output_shape filter input bias?", "output", Conv3DOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """What ``output_shape`` says, if a window over it has as many positions as the input has points."""
    input, filter = node["input"], node["filter"]
    require_tensors(node, channel_axis=3)
    node.require(input.shape[4] == filter.shape[4], f"{input} and {filter} must have as many channels.")
    wanted = integers(node, "output_shape")
    batch, channels = input.shape[0], filter.shape[3]
    node.require(
        len(wanted) == 5 and wanted[0] == batch and min(wanted[1:4]) > 0 and wanted[4] == channels,
        f"The output shape {list(wanted)} must be [{batch}, depth, height, width, {channels}].",
    )
    positions = volume_of(node, wanted[1:4]).output
    node.require(
        input.shape[1:4] == positions,
        f"The output shape {list(wanted)} asks for an input of {list(positions)}, not for {input}.",
    )
    return [wanted]


def params(node: Node) -> VolumeParams:
    """The window over the output."""
    return VolumeParams(volume_of(node, node["output"].shape[1:4]), float_epilogue(node), node["output"].shape)


@OP.rule("float32", "i32 f32 f32 f32? -> f32", params=params)
def define(output_shape: Array, filter: Array, input: Array, bias: Array | None, p: VolumeParams) -> Stages:
    """Points times taps, the last tap first, each product where it falls, plus the bias, through the epilogue."""
    accumulator = np.zeros(p.shape, np.float32)
    for tap in reversed(list(taps(p.volume, filter.shape[:3], p.shape[1:4]))):
        add_products(accumulator[tap.points], input[tap.positions], filter[tap.place])
    yield from p.epilogue.stages(biased(accumulator, bias), input.dtype)
