"""CONV_3D: 3-D convolution.

input: (batch, depth, height, width, channels). filter: (filter depth, filter height, filter width, channels, output
channels). bias: (output channels), may be absent. output: (batch, output depth, output height, output width, output
channels). Products are summed one by one over (layer, row, column, channel), taps outside of the volume add nothing;
the bias comes last.

Source: ``conv3d.cc``, ``reference/conv3d.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.convolutions import biased
from pytflite.ops._shared.epilogues import float_epilogue
from pytflite.ops._shared.products import add_products
from pytflite.ops._shared.volumes import VolumeParams, require_tensors, taps, volume_of
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import Conv3DOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.CONV_3D, "input filter bias?", "output", Conv3DOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """(batch, output depth, output height, output width, output channels)."""
    input, filter = node["input"], node["filter"]
    require_tensors(node, channel_axis=4)
    node.require(input.shape[4] == filter.shape[3], f"{input} and {filter} must have as many channels.")
    return [(input.shape[0], *volume_of(node, input.shape[1:4]).output, filter.shape[4])]


def params(node: Node) -> VolumeParams:
    """The window over the input."""
    return VolumeParams(volume_of(node, node["input"].shape[1:4]), float_epilogue(node), node["output"].shape)


@OP.rule("float32", "f32 f32 f32? -> f32", params=params)
def define(input: Array, filter: Array, bias: Array | None, p: VolumeParams) -> Stages:
    """Points times taps, plus the bias, through the epilogue."""
    accumulator = np.zeros(p.shape, np.float32)
    for tap in taps(p.volume, filter.shape[:3], input.shape[1:4]):
        add_products(accumulator[tap.positions], input[tap.points], filter[tap.place].T)
    yield from p.epilogue.stages(biased(accumulator, bias), input.dtype)
