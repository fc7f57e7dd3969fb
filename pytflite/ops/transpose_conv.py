"""TRANSPOSE_CONV: the convolution that leads from a small image back to a larger one.

output_shape: int32, the four sizes of the output. filter: (output channels, filter height, filter width, channels).
input: (batch, height, width, channels). bias: (output channels), may be absent. output: (batch, output height, output
width, output channels). Each pixel of the input is where a window over the output would be: it spreads over what the
window sees.

Integers: int32 accumulators of ``(input - zero point) * filter + bias``, what falls outside of the output is lost;
then one multiplier per output channel, the output zero point and the clamp of the fused activation. uint8 filters have
a zero point too, that of others is not read. int16 input: 64-bit accumulators unless ``quantized_bias_type`` is int32.
Float32: products are summed one by one over (row, column, channel) of the input, the bias last.
Hybrid (float32 input, int8 filter): every image is quantized on arrival by its own range, with a zero point; each
integer product is scaled back before it is summed, the bias comes last.

Source: ``transpose_conv.cc``, ``reference/transpose_conv.h``, ``reference/integer_ops/transpose_conv.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.convolutions import (
    ConvParams,
    HybridParams,
    biased,
    channel_scales,
    float_params,
    quantize_images,
    quantized_params,
    require_tensors,
)
from pytflite.ops._shared.epilogues import plain_activation
from pytflite.ops._shared.products import add_products
from pytflite.ops._shared.windows import Tap, Window, taps, window_of
from pytflite.schema.enums import BuiltinOperator, TensorType
from pytflite.schema.tables import TransposeConvOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.TRANSPOSE_CONV, "output_shape filter input bias?", "output", TransposeConvOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """What ``output_shape`` says, if a window over it has as many positions as the input has pixels."""
    input, filter = node["input"], node["filter"]
    require_tensors(node, channel_axis=0)
    node.require(input.shape[3] == filter.shape[3], f"{input} and {filter} must have as many channels.")
    wanted = tuple(int(size) for size in node.value("output_shape").reshape(-1))
    batch, channels = input.shape[0], filter.shape[0]
    node.require(
        len(wanted) == 4 and wanted[0] == batch and wanted[1] > 0 and wanted[2] > 0 and wanted[3] == channels,
        f"The output shape {list(wanted)} must be [{batch}, height, width, {channels}].",
    )
    window = window_over(node, wanted)
    node.require(
        input.shape[1:3] == (window.output_h, window.output_w),
        f"The output shape {list(wanted)} asks for an input of {window.output_h}x{window.output_w}, not for {input}.",
    )
    return [wanted]


def window_over(node: Node, image: Shape) -> Window:
    """The window over an image of a shape."""
    _, filter_h, filter_w, _ = node["filter"].shape
    return window_of(node, filter_h, filter_w, image)


def window_over_output(node: Node) -> Window:
    """The window over the output."""
    return window_over(node, node["output"].shape)


def hybrid_params(node: Node) -> HybridParams:
    """Params of the hybrid rule."""
    input = node["input"]
    node.require(input.shape[0] > 0, f"{input} must have at least one image.")
    return HybridParams(window_over_output(node), True, channel_scales(node), *plain_activation(node))


def has_int32_bias(node: Node) -> bool:
    """Whether the bias of an int16 input is int32, or would be if there was one."""
    return node.get("bias") is not None or bool(node.options.quantized_bias_type == TensorType.INT32)


int32_params = quantized_params(np.int32, "float64", window_over_output)
int64_params = quantized_params(np.int64, "float64", window_over_output)
uint8_params = quantized_params(np.int32, "float32_product", window_over_output)


@OP.rule("int8", "i32 i8 i8 i32? -> i8", params=int32_params, kernel="transpose_conv")
@OP.rule("int16x8", "i32 i8 i16 i64? -> i16", params=int64_params, kernel="transpose_conv")
@OP.rule("int16x8_int32", "i32 i8 i16 i32? -> i16", params=int32_params, when=has_int32_bias, kernel="transpose_conv")
@OP.rule("uint8", "i32 u8 u8 i32? -> u8", params=uint8_params, kernel="transpose_conv")
@OP.rule("float32", "i32 f32 f32 f32? -> f32", params=float_params(window_over_output), kernel="transpose_conv")
def define(output_shape: Array, filter: Array, input: Array, bias: Array | None, p: ConvParams) -> Stages:
    """Pixels times taps, each product where it falls, plus the bias, through the epilogue."""
    image, weights = input + p.input_offset, filter + p.filter_offset
    accumulator = np.zeros(tuple(output_shape), image.dtype)
    for tap in backwards(p.window, filter, accumulator):
        add_products(accumulator[tap.pixels], image[tap.positions], weights[:, tap.row, tap.column])
    yield from p.epilogue.stages(biased(accumulator, bias), input.dtype)


@OP.rule("hybrid", "i32 i8 f32 f32? -> f32", params=hybrid_params)
def define_hybrid(output_shape: Array, filter: Array, input: Array, bias: Array | None, p: HybridParams) -> Stages:
    """Quantize every image, scale each product of a pixel and a tap back, add it where it falls, then the bias."""
    codes, input_scale, zero_point = quantize_images(input, asymmetric=p.asymmetric)
    yield "quantized_input", codes
    image = codes - zero_point
    real = np.zeros(tuple(output_shape), np.float32)
    for tap in backwards(p.window, filter, real):
        for c in range(image.shape[3]):
            products = image[tap.positions][..., c : c + 1] * filter[:, tap.row, tap.column, c]
            real[tap.pixels] += products.astype(np.float32) * p.filter_scale * input_scale
    scaled = biased(real, bias)
    yield "scaled", scaled
    yield "output", np.clip(scaled, p.activation_min, p.activation_max)


def backwards(window: Window, filter: Array, output: Array) -> Iterator[Tap]:
    """The taps from the last to the first, so that each output meets the pixels of the input in row-major order."""
    _, filter_h, filter_w, _ = filter.shape
    _, height, width, _ = output.shape
    return iter(list(taps(window, filter_h, filter_w, height, width))[::-1])
