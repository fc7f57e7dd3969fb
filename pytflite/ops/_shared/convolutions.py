"""What CONV_2D, DEPTHWISE_CONV_2D and TRANSPOSE_CONV derive in prepare."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.epilogue import Epilogue
from pytflite.arithmetic.hybrid import QuantizedRows, quantize_rows
from pytflite.ops._shared.bias import check_bias_scale
from pytflite.ops._shared.epilogues import float_epilogue, quantized_epilogue, unlimited_epilogue
from pytflite.ops._shared.windows import Window, window_of
from pytflite.schema.enums import TensorType

if TYPE_CHECKING:
    from pytflite.arithmetic.requantize import Precision
    from pytflite.ops._api import Node

Array = npt.NDArray[Any]


FUSED_NOTE = (
    "XNNPACK's kernels for filters that see one channel have 3, 4, 9 or 25 taps; what a filter lacks multiplies pixels "
    "beside it by 0, so that an infinity there makes NaN. Here it does not."
)
DWCONV_TAPS = 25
"""Up to this size XNNPACK has a kernel for filters that see one channel, if there is one for each (f32-dwconv)."""


class ConvParams(NamedTuple):
    """What the rules without quantization on arrival are given; offsets are minus the zero points.

    Attributes:
        window: geometry.
        zero: the accumulator at the start; its type is the accumulator's: int32 (wraps), int64 or float32.
        input_offset: added to every input element inside of the image, of the accumulator's type.
        filter_offset: added to every filter element, likewise.
        epilogue: from the accumulator to the output.
    """

    window: Window
    zero: np.number[Any]
    input_offset: np.number[Any]
    filter_offset: np.number[Any]
    epilogue: Epilogue


class FusedParams(NamedTuple):
    """What the rules of float32 with fused multiply-add are given.

    Attributes:
        window: geometry.
        by_columns: whether the taps of a column are added before those of the next one.
        epilogue: from the accumulator to the output.
    """

    window: Window
    by_columns: bool
    epilogue: Epilogue


class HybridParams(NamedTuple):
    """What the rules of float32 inputs with integer filters are given.

    Attributes:
        window: geometry.
        asymmetric: whether images get a zero point.
        filter_scale: float32, one per output channel.
        activation_min: smallest number that the fused activation lets pass.
        activation_max: largest one.
    """

    window: Window
    asymmetric: bool
    filter_scale: Array
    activation_min: np.float32
    activation_max: np.float32


def require_tensors(node: Node, channel_axis: int) -> None:
    """Refuse ranks, sizes and biases that no convolution takes.

    Args:
        node: the operator.
        channel_axis: of the filter, where the output channels are.
    """
    input, filter, bias = node["input"], node["filter"], node.get("bias")
    node.require(len(input.shape) == 4, f"{input} must have 4 dimensions.")
    node.require(0 not in input.shape[1:], f"{input} must have no size 0 but that of the batch.")
    node.require(len(filter.shape) == 4, f"{filter} must have 4 dimensions.")
    node.require(0 not in filter.shape, f"{filter} must have no size 0.")
    if bias is not None:
        channels = filter.shape[channel_axis]
        node.require(math.prod(bias.shape) == channels, f"{bias} must have {channels} elements.")
        node.require(not bias.zero_points.any(), f"Zero points of {bias} must be 0.")


def window_over_input(node: Node) -> Window:
    """The window of a filter whose height and width are the dimensions 1 and 2."""
    _, filter_h, filter_w, _ = node["filter"].shape
    return window_of(node, filter_h, filter_w)


def quantized_params(
    accumulator: type[np.integer[Any]], precision: Precision, window: Callable[[Node], Window] = window_over_input
) -> Callable[[Node], ConvParams]:
    """Params of the integer rules: the accumulator's type, how precisely the multiplier is derived, the window."""

    def params(node: Node) -> ConvParams:
        input, filter, output = node["input"], node["filter"], node["output"]
        if input.letter == "u8":
            check_bias_scale(node)
        if input.letter == "i16":
            require_int16(node, "INT32" if accumulator is np.int32 else "INT64")
        requantizer = node.requantizer(input.scale, channel_scales(node), over=output.scale, precision=precision)
        filter_zero_point = filter.zero_point if filter.letter == "u8" else 0
        offsets = accumulator(-input.zero_point), accumulator(-filter_zero_point)
        return ConvParams(window(node), accumulator(0), *offsets, quantized_epilogue(node, requantizer))

    return params


def require_int16(node: Node, bias_type: str) -> None:
    """Refuse zero points of int16 tensors, and options that say another type of bias; int64 if they do not say."""
    for spec in (node["input"], node["output"]):
        node.require(spec.zero_point == 0, f"The zero point of {spec} must be 0.")
    stated = getattr(node.options, "quantized_bias_type", TensorType.FLOAT32)
    stated = TensorType.INT64 if stated == TensorType.FLOAT32 else stated
    node.require(
        stated == TensorType[bias_type], f"The bias is {bias_type}, quantized_bias_type stands for {stated.name}."
    )


def channel_scales(node: Node) -> Array:
    """float32, one filter scale per output channel; a single one serves all."""
    filter = node["filter"]
    channels = node["output"].shape[3]
    accepted = (1,) if filter.letter == "u8" else (1, channels)
    node.require(
        filter.scales.size in accepted,
        f"{filter} has {filter.scales.size} scales, {' or '.join(map(str, accepted))} accepted.",
    )
    return np.broadcast_to(filter.scales, (channels,))


def float_params(window: Callable[[Node], Window] = window_over_input) -> Callable[[Node], ConvParams]:
    """Params of the float32 rules."""
    zero = np.float32(0)
    return lambda node: ConvParams(window(node), zero, zero, zero, float_epilogue(node))


def fused_params(node: Node) -> FusedParams:
    """Params of the rules with fused multiply-add."""
    channels, outputs, taps = node["input"].shape[3], node["output"].shape[3], node["filter"].shape[1:3]
    alone = math.prod(node["filter"].shape) == outputs * math.prod(taps)
    by_columns = alone and channels == outputs and math.prod(taps) <= DWCONV_TAPS
    return FusedParams(window_over_input(node), by_columns, unlimited_epilogue(node))


def quantize_images(images: Array, *, asymmetric: bool) -> QuantizedRows:
    """Quantize every image by its own range.

    Args:
        images: float32, (batch, height, width, channels), without NaN and infinities.
        asymmetric: whether to give them a zero point.

    Returns:
        codes of the same shape, scale and zero point of shape (batch, 1, 1, 1).
    """
    rows = quantize_rows(images.reshape(len(images), math.prod(images.shape[1:])), asymmetric=asymmetric)
    per_image = (len(images), 1, 1, 1)
    return QuantizedRows(
        rows.codes.reshape(images.shape), rows.scale.reshape(per_image), rows.zero_point.reshape(per_image)
    )


def biased(accumulator: Array, bias: Array | None) -> Array:
    """The accumulator plus the bias of its channel, if there is one."""
    return accumulator if bias is None else accumulator + bias.reshape(-1)
