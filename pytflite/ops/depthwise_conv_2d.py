"""DEPTHWISE_CONV_2D: 2-D convolution in which every channel of the input has filters of its own.

input: (batch, height, width, channels). filter: (1, filter height, filter width, output channels). bias: (output
channels), may be absent. output: (batch, output height, output width, output channels). The output channels are a
multiple of the input's; those of one input channel lie side by side. ``depth_multiplier`` is not read.

Integers: int32 accumulators of ``(input - zero point) * filter + bias``, where taps outside of the image add nothing;
then one multiplier per output channel, the output zero point and the clamp of the fused activation. uint8 filters have
a zero point too, that of others is not read; int4 filters are widened. int16 input: 64-bit accumulators.
Float32: products are summed one by one over (row, column), the bias last; or, fused, the bias first, in most cases
over (column, row).
Hybrid (float32 input, int8 filter): every image is quantized on arrival by its own range, with a zero point; the sum of
integer products is scaled back and added to the bias.

Source: ``depthwise_conv.cc``, ``reference/depthwiseconv_float.h``, ``reference/depthwiseconv_uint8.h``,
``reference/integer_ops/depthwise_conv.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.fused import fused_multiply_add
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.convolutions import (
    FUSED_NOTE,
    ConvParams,
    FusedParams,
    HybridParams,
    biased,
    float_params,
    fused_params,
    quantize_images,
    quantized_params,
    require_tensors,
    window_over_input,
)
from pytflite.ops._shared.epilogues import plain_activation
from pytflite.ops._shared.windows import Window, patches, taps
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import DepthwiseConv2DOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.DEPTHWISE_CONV_2D, "input filter bias?", "output", DepthwiseConv2DOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """(batch, output height, output width, output channels)."""
    input, filter = node["input"], node["filter"]
    require_tensors(node, channel_axis=3)
    node.require(filter.shape[0] == 1, f"The first dimension of {filter} must be 1.")
    node.require(
        filter.shape[3] % input.shape[3] == 0, f"The channels of {filter} must be a multiple of those of {input}."
    )
    window = window_over_input(node)
    return [(input.shape[0], window.output_h, window.output_w, filter.shape[3])]


def hybrid_params(node: Node) -> HybridParams:
    """Params of the hybrid rule."""
    input, filter = node["input"], node["filter"]
    channels = filter.shape[3]
    node.require(input.shape[0] > 0, f"{input} must have at least one image.")
    node.require(filter.scales.size == channels, f"{filter} has {filter.scales.size} scales, {channels} accepted.")
    return HybridParams(window_over_input(node), True, filter.scales, *plain_activation(node))


@OP.rule("int8", "i8 F i32? -> i8", F="i8 i4", params=quantized_params(np.int32, "float64"), kernel="depthwise_conv_2d")
@OP.rule("int16x8", "i16 i8 i64? -> i16", params=quantized_params(np.int64, "float64"), kernel="depthwise_conv_2d")
@OP.rule("uint8", "u8 u8 i32? -> u8", params=quantized_params(np.int32, "float32_product"), kernel="depthwise_conv_2d")
@OP.rule("float32", "f32 f32 f32? -> f32", params=float_params(), kernel="depthwise_conv_2d")
def define(input: Array, filter: Array, bias: Array | None, p: ConvParams) -> Stages:
    """Pixels times taps, plus the bias, through the epilogue."""
    accumulator = accumulate(input + p.input_offset, filter + p.filter_offset, p.window)
    yield from p.epilogue.stages(biased(accumulator, bias), input.dtype)


@OP.rule(
    "float32_fused",
    "f32 f32 f32 -> f32",
    params=fused_params,
    by_name=True,
    kernel="depthwise_conv_2d_fused",
    note=FUSED_NOTE,
)
def define_fused(input: Array, filter: Array, bias: Array, p: FusedParams) -> Stages:
    """The bias, then pixels times taps, zeros outside of the image included: each product is added, then rounded."""
    _, filter_h, filter_w, outputs = filter.shape
    seen = np.repeat(patches(input, p.window, filter_h, filter_w), outputs // input.shape[3], axis=5)
    if p.by_columns:
        seen, filter = seen.swapaxes(3, 4), filter.swapaxes(1, 2)
    accumulator = np.broadcast_to(bias, (*seen.shape[:3], outputs))
    for i, j in np.ndindex(seen.shape[3:5]):
        accumulator = fused_multiply_add(seen[:, :, :, i, j], filter[0, i, j], accumulator)
    yield from p.epilogue.stages(accumulator, input.dtype)


@OP.rule("hybrid", "f32 i8 f32? -> f32", params=hybrid_params)
def define_hybrid(input: Array, filter: Array, bias: Array | None, p: HybridParams) -> Stages:
    """Quantize every image, multiply pixels and taps as integers, scale back, add the bias."""
    codes, input_scale, zero_point = quantize_images(input, asymmetric=p.asymmetric)
    yield "quantized_input", codes
    accumulator = accumulate(codes - zero_point, filter, p.window)
    yield "accumulator", accumulator
    real = accumulator.astype(np.float32) * (p.filter_scale * input_scale)
    scaled = biased(real, bias)
    yield "scaled", scaled
    yield "output", np.clip(scaled, p.activation_min, p.activation_max)


def accumulate(image: Array, filter: Array, window: Window) -> Array:
    """Sums over all taps in the type of ``image``, (batch, output height, output width, output channels)."""
    batch, height, width, channels = image.shape
    _, filter_h, filter_w, outputs = filter.shape
    pixels = np.repeat(image, outputs // channels, axis=3)
    accumulator = np.zeros((batch, window.output_h, window.output_w, outputs), image.dtype)
    for tap in taps(window, filter_h, filter_w, height, width):
        accumulator[tap.positions] += pixels[tap.pixels] * filter[0, tap.row, tap.column]
    return accumulator
