"""CONV_2D: 2-D convolution.

input: (batch, height, width, channels). filter: (output channels, filter height, filter width, channels / groups).
bias: (output channels). output: (batch, output height, output width, output channels). There are as many groups as the
filter's channels fit into the input's; each sees its own slice of the channels.

Integers: int32 accumulators of ``(input - zero point) * filter + bias``, where taps outside of the image add nothing;
then one multiplier per output channel, the output zero point and the clamp of the fused activation. uint8 filters have a
zero point too, int4 filters are widened. int16 input: 64-bit accumulators unless the bias is int32.
Float32: products are summed one by one over (row, column, channel), the bias last.

Source: ``conv.cc``, ``reference/conv.h``, ``reference/integer_ops/conv.h``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.epilogue import Epilogue
from pytflite.arithmetic.requantize import Precision
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.epilogues import float_epilogue, quantized_epilogue
from pytflite.ops._shared.products import products
from pytflite.ops._shared.windows import Window, patches, window_of
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import Conv2DOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.CONV_2D, "input filter bias?", "output", Conv2DOptions)


class ConvParams(NamedTuple):
    """What the rules are given; offsets are minus the zero points, in the accumulator's type.

    Attributes:
        window: geometry.
        zero: the accumulator at the start; its type is the accumulator's: int32 (wraps), int64 or float32.
        input_offset: added to every input element inside of the image.
        filter_offset: added to every filter element.
        epilogue: from the accumulator to the output.
    """

    window: Window
    zero: np.number[Any]
    input_offset: np.number[Any]
    filter_offset: np.number[Any]
    epilogue: Epilogue


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """(batch, output height, output width, output channels)."""
    input, filter, bias = node["input"], node["filter"], node.get("bias")
    node.require(len(input.shape) == 4, f"{input} must have 4 dimensions.")
    node.require(len(filter.shape) == 4, f"{filter} must have 4 dimensions.")
    channels, filter_channels = input.shape[3], filter.shape[3]
    node.require(
        filter_channels > 0 and channels % filter_channels == 0,
        f"The channels of {input} must be a multiple of those of {filter}.",
    )
    groups = channels // filter_channels
    node.require(groups > 0 and filter.shape[0] % groups == 0, f"{filter} cannot be split into {groups} groups.")
    node.require(bias is None or bias.shape == (filter.shape[0],), f"{bias} must have {filter.shape[0]} elements.")
    window = window_of(node, filter.shape[1], filter.shape[2])
    return [(input.shape[0], window.output_h, window.output_w, filter.shape[0])]


def quantized_params(accumulator: type[np.integer[Any]], precision: Precision) -> Callable[[Node], ConvParams]:
    """Params of the integer rules: the accumulator's type, and how precisely the multiplier is derived."""

    def params(node: Node) -> ConvParams:
        input, filter, output = node["input"], node["filter"], node["output"]
        window = window_of(node, filter.shape[1], filter.shape[2])
        requantizer = node.requantizer(input.scale, channel_scales(node), over=output.scale, precision=precision)
        offsets = accumulator(-input.zero_point), accumulator(-filter.zero_point)
        return ConvParams(window, accumulator(0), *offsets, quantized_epilogue(node, requantizer))

    return params


def channel_scales(node: Node) -> Array:
    """One filter scale per output channel; a single one serves all."""
    filter = node["filter"]
    channels = filter.shape[0]
    node.require(
        filter.scales.size in (1, channels), f"{filter} has {filter.scales.size} scales, 1 or {channels} accepted."
    )
    node.require(filter.letter == "u8" or not filter.zero_points.any(), f"Zero points of {filter} must be 0.")
    return np.broadcast_to(filter.scales, (channels,))


def float_params(node: Node) -> ConvParams:
    """Params of the float32 rule."""
    filter = node["filter"]
    zero = np.float32(0)
    return ConvParams(window_of(node, filter.shape[1], filter.shape[2]), zero, zero, zero, float_epilogue(node))


@OP.rule("int8", "i8 F i32? -> i8", F="i8 i4", params=quantized_params(np.int32, "float64"), kernel="conv_2d")
@OP.rule("uint8", "u8 u8 i32? -> u8", params=quantized_params(np.int32, "float32_product"), kernel="conv_2d")
@OP.rule("int16x8", "i16 i8 i64? -> i16", params=quantized_params(np.int64, "float64"), kernel="conv_2d")
@OP.rule("int16x8_int32", "i16 i8 i32 -> i16", params=quantized_params(np.int32, "float64"), kernel="conv_2d")
@OP.rule("float32", "f32 f32 f32? -> f32", params=float_params, kernel="conv_2d")
def define(input: Array, filter: Array, bias: Array | None, p: ConvParams) -> Stages:
    """Every patch times every filter of its group, plus the bias, through the epilogue."""
    channels, filter_h, filter_w, filter_channels = filter.shape
    groups = input.shape[3] // filter_channels
    seen = patches(input + p.input_offset, p.window, filter_h, filter_w)
    taps = np.split((filter + p.filter_offset).reshape(channels, -1), groups)
    depth = taps[0].shape[1]
    sums = [
        products(group.reshape(-1, depth), taps[g], p.zero.dtype)
        for g, group in enumerate(np.split(seen, groups, axis=-1))
    ]
    accumulator = np.concatenate(sums, axis=1).reshape(*seen.shape[:3], channels)
    if bias is not None:
        accumulator += bias
    yield from p.epilogue.stages(accumulator, input.dtype)
