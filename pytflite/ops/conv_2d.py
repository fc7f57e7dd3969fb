"""CONV_2D: 2-D convolution.

input: (batch, height, width, channels). filter: (output channels, filter height, filter width, channels / groups).
bias: (output channels), which tf.lite does not do without. output: (batch, output height, output width, output
channels). There are as many groups as the filter's channels fit into the input's; each sees its own slice of them.

Integers: int32 accumulators of ``(input - zero point) * filter + bias``, where taps outside of the image add nothing;
then one multiplier per output channel, the output zero point and the clamp of the fused activation. uint8 filters have
a zero point too, int4 filters are widened. int16 input: 64-bit accumulators unless the bias is int32.
Float32: products are summed one by one over (row, column, channel), the bias last; or, fused, the bias first
and, where filters see one channel, over (column, row).
Hybrid (float32 input, integer filter): every image is quantized on arrival by its own range, with a zero point if the
filter's scales differ or there are groups; the sum of integer products is scaled back and added to the bias. uint8
filters hold int8 codes.

Source: ``conv.cc``, ``reference/conv.h``, ``reference/integer_ops/conv.h``; hybrid with one scale: ``HybridConv``,
``optimized/optimized_ops.h``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.hybrid import quantize_rows_half_even
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.convolutions import (
    FUSED_NOTE,
    ConvParams,
    FusedParams,
    HybridParams,
    biased,
    channel_scales,
    float_params,
    fused_params,
    quantize_images,
    quantized_params,
    require_tensors,
    window_over_input,
)
from pytflite.ops._shared.epilogues import plain_activation
from pytflite.ops._shared.hybrid import sse_products
from pytflite.ops._shared.hybrid_fused import FusedWindowParams, fused_hybrid_params, scaled_back
from pytflite.ops._shared.products import add_fused_products, add_products
from pytflite.ops._shared.windows import Window, patches, taps
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import Conv2DOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.CONV_2D, "input filter bias?", "output", Conv2DOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """(batch, output height, output width, output channels)."""
    input, filter = node["input"], node["filter"]
    require_tensors(node, channel_axis=0)
    node.require(
        input.shape[3] % filter.shape[3] == 0, f"The channels of {input} must be a multiple of those of {filter}."
    )
    groups = input.shape[3] // filter.shape[3]
    node.require(filter.shape[0] % groups == 0, f"{filter} cannot be split into {groups} groups.")
    node.require(
        input.letter not in ("i8", "i16") or not filter.zero_points.any(), f"Zero points of {filter} must be 0."
    )
    window = window_over_input(node)
    return [(input.shape[0], window.output_h, window.output_w, filter.shape[0])]


def hybrid_params(node: Node) -> HybridParams:
    """Params of the hybrid rule."""
    filter = node["filter"]
    grouped = node["input"].shape[3] != filter.shape[3]
    node.require(
        not grouped or filter.scales.size > 1, f"{filter} must have a scale per channel, for there are groups."
    )
    scales = channel_scales(node)
    differ = bool((scales != scales[0]).any())
    return HybridParams(window_over_input(node), grouped or differ, scales, *plain_activation(node))


def is_grouped(node: Node) -> bool:
    """Whether there are several groups."""
    return node["input"].shape[-1:] != node["filter"].shape[-1:]


def is_whole(node: Node) -> bool:
    """Whether there is one group."""
    return not is_grouped(node)


def is_unbiased(node: Node) -> bool:
    """Whether there is no bias."""
    return node.get("bias") is None


def fused_window_params(node: Node) -> FusedWindowParams:
    """Params of the hybrid rule with fused multiply-add."""
    window, (height, width) = window_over_input(node), node["filter"].shape[1:3]
    several = math.prod(node["filter"].shape) > 1
    by_pixel = several and (height, width, window.stride_h, window.stride_w) == (1, 1, 1, 1)
    return FusedWindowParams(window, by_pixel, fused_hybrid_params(node))


int32_params = quantized_params(np.int32, "float64")
int64_params = quantized_params(np.int64, "float64")
uint8_params = quantized_params(np.int32, "float32_product")


@OP.rule("int8", "i8 F i32 -> i8", F="i8 i4", params=int32_params, kernel="conv_2d")
@OP.rule("int8_grouped", "i8 F i32 -> i8", F="i8 i4", params=int32_params, when=is_grouped, kernel="conv_2d")
@OP.rule("int16x8", "i16 F i64 -> i16", F="i8 i4", params=int64_params, kernel="conv_2d")
@OP.rule("int16x8_int32", "i16 F i32 -> i16", F="i8 i4", params=int32_params, kernel="conv_2d")
@OP.rule("int16x8_int32_grouped", "i16 F i32 -> i16", F="i8 i4", params=int32_params, when=is_grouped, kernel="conv_2d")
@OP.rule("uint8", "u8 u8 i32 -> u8", params=uint8_params, kernel="conv_2d")
@OP.rule("uint8_grouped", "u8 u8 i32 -> u8", params=uint8_params, when=is_grouped, kernel="conv_2d")
@OP.rule("float32", "f32 f32 f32 -> f32", params=float_params(), kernel="conv_2d")
@OP.rule(
    "int8_unbiased", "i8 F i32? -> i8", F="i8 i4", params=int32_params, when=is_unbiased, by_name=True, kernel="conv_2d"
)
@OP.rule(
    "int16x8_unbiased", "i16 i8 i64? -> i16", params=int64_params, when=is_unbiased, by_name=True, kernel="conv_2d"
)
@OP.rule(
    "float32_unbiased", "f32 f32 f32? -> f32", params=float_params(), when=is_unbiased, by_name=True, kernel="conv_2d"
)
def define(input: Array, filter: Array, bias: Array | None, p: ConvParams) -> Stages:
    """Pixels times taps, plus the bias, through the epilogue."""
    accumulator = accumulate(input + p.input_offset, filter + p.filter_offset, p.window)
    yield from p.epilogue.stages(biased(accumulator, bias), input.dtype)


def accumulate(image: Array, filter: Array, window: Window) -> Array:
    """Sums over all taps in the type of ``image``, (batch, output height, output width, output channels)."""
    batch, height, width, channels = image.shape
    outputs, filter_h, filter_w, group_channels = filter.shape
    accumulator = np.zeros((batch, window.output_h, window.output_w, outputs), image.dtype)
    groups = channels // group_channels
    splits = np.split(accumulator, groups, 3), np.split(image, groups, 3), np.split(filter, groups)
    for totals, pixels, weights in zip(*splits, strict=True):
        for tap in taps(window, filter_h, filter_w, height, width):
            add_products(totals[tap.positions], pixels[tap.pixels], weights[:, tap.row, tap.column])
    return accumulator


@OP.rule(
    "float32_fused",
    "f32 f32 f32 -> f32",
    params=fused_params,
    by_name=True,
    kernel="conv_2d_fused",
    note=FUSED_NOTE,
)
def define_fused(input: Array, filter: Array, bias: Array, p: FusedParams) -> Stages:
    """The bias, then pixels times taps, zeros outside of the image included: each product is added, then rounded."""
    outputs, filter_h, filter_w, depth = filter.shape
    seen = patches(input, p.window, filter_h, filter_w)
    if p.by_columns:
        seen, filter = seen.swapaxes(3, 4), filter.swapaxes(1, 2)
    accumulator = np.array(np.broadcast_to(bias, (*seen.shape[:3], outputs)))
    groups = seen.shape[-1] // depth
    splits = np.split(accumulator, groups, 3), np.split(seen, groups, 5), np.split(filter, groups)
    for totals, pixels, weights in zip(*splits, strict=True):
        add_fused_products(totals, pixels.reshape(*seen.shape[:3], -1), weights.reshape(len(weights), -1))
    yield from p.epilogue.stages(accumulator, input.dtype)


@OP.rule("hybrid", "f32 F f32 -> f32", F="i8 i4 u8", params=hybrid_params)
def define_hybrid(input: Array, filter: Array, bias: Array, p: HybridParams) -> Stages:
    """Quantize every image, multiply pixels and taps as integers, scale back in two steps, add the bias."""
    return hybrid(input, filter, bias, p, symmetric_sums, lambda total, scale: total * p.filter_scale * scale)


@OP.rule("hybrid_fused", "f32 i8 f32 -> f32", params=fused_window_params, by_name=True)
def define_hybrid_fused(input: Array, filter: Array, bias: Array, p: FusedWindowParams) -> Stages:
    """Quantize images or pixels, half to even, multiply as integers, scale back and add the bias in one."""
    parts = (*input.shape[:3], 1) if p.by_pixel else (len(input), 1, 1, 1)
    rows = quantize_rows_half_even(input.reshape(math.prod(parts), -1))
    codes = rows.codes.reshape(input.shape)
    yield "quantized_input", codes
    accumulator = accumulate(codes - rows.zero_point.reshape(parts), filter, p.window)
    yield "accumulator", accumulator
    scaled = scaled_back(accumulator, rows.scale.reshape(parts), bias, p.sums)
    yield "scaled", scaled
    yield "output", np.clip(scaled, *p.sums.epilogue)


@OP.rule("hybrid_one_scale", "f32 F f32 -> f32", F="i8 i4 u8", params=hybrid_params, when=is_whole, by_name=True)
def define_hybrid_one_scale(input: Array, filter: Array, bias: Array, p: HybridParams) -> Stages:
    """The same, scaled back in one step."""
    return hybrid(input, filter, bias, p, symmetric_sums, lambda total, scale: total * (scale * p.filter_scale))


@OP.rule(
    "hybrid_exact",
    "f32 F f32 -> f32",
    F="i8 i4 u8",
    params=hybrid_params,
    when=is_whole,
    by_name=True,
    note="Arm fuses the product with the scale and the sum with the bias; within 1e-6 of the largest output.",
)
def define_hybrid_exact(input: Array, filter: Array, bias: Array, p: HybridParams) -> Stages:
    """The same, with exact sums where weights are -128, too."""
    return hybrid(input, filter, bias, p, exact_sums, lambda total, scale: total * (scale * p.filter_scale))


def hybrid(
    input: Array,
    filter: Array,
    bias: Array,
    p: HybridParams,
    sums: Callable[[Array, Array, Window], Array],
    scale_back: Callable[[Array, Array], Array],
) -> Stages:
    """The stages of the hybrid rules; without zero points, they have sums of their own and scale back in one step."""
    codes, input_scale, zero_point = quantize_images(input, asymmetric=p.asymmetric)
    yield "quantized_input", codes
    weights = filter.view(np.int8)
    if p.asymmetric:
        accumulator = accumulate(codes - zero_point, weights, p.window)
        real = scale_back(accumulator.astype(np.float32), input_scale)
    else:
        accumulator = sums(codes, weights, p.window)
        real = accumulator.astype(np.float32) * (input_scale * p.filter_scale)
    yield "accumulator", accumulator
    scaled = biased(real, bias)
    yield "scaled", scaled
    yield "output", np.clip(scaled, p.activation_min, p.activation_max)


def symmetric_sums(codes: Array, filter: Array, window: Window) -> Array:
    """Sums over all taps; inexact on x86 where weights are -128, unless there is a multiple of 4 of output channels."""
    outputs, filter_h, filter_w, channels = filter.shape
    if outputs % 4 == 0:
        return exact_sums(codes, filter, window)
    seen = patches(codes, window, filter_h, filter_w)
    sums = sse_products(seen.reshape(-1, filter_h * filter_w * channels), filter.reshape(outputs, -1))
    return sums.reshape(*seen.shape[:3], outputs)


def exact_sums(codes: Array, filter: Array, window: Window) -> Array:
    """Sums over all taps."""
    return accumulate(codes.astype(np.int32), filter, window)
