"""Binders of operators that sum codes: MEAN, AVERAGE_POOL_2D, SOFTMAX."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.requantize import DoubleRounding
from pytflite.kernels.engine import packing
from pytflite.ops._shared.pooling import PoolParams
from pytflite.ops._shared.reduction import QuantizedReduction
from pytflite.plan.node import PreparedNode
from pytflite.runtime.engine.binding import INT32_MAX, Call, Calls, Operand, binder, flip_of, is_code

Array = npt.NDArray[Any]


@binder("MEAN", "quantized")
def mean(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Neighbouring axes."""
    assert inputs[0] is not None
    input, (output,) = inputs[0].array, outputs
    p: QuantizedReduction = node.params
    axes, (requantizer, offset, low, high) = p.reduction.axes, p.epilogue
    takes = (
        is_code(input) and input.size and axes and axes[-1] - axes[0] == len(axes) - 1
        and abs(p.offset) + 256 * p.reduction.depth < INT32_MAX
    )  # fmt: skip
    if not takes or not isinstance(requantizer, DoubleRounding) or requantizer.shift[0] > 0:
        return None
    outer, inner = prod(input.shape[: axes[0]]), prod(input.shape[axes[-1] + 1 :])
    flip = flip_of(input)
    words = [
        input, output, outer, p.reduction.depth, inner, p.offset + flip * p.reduction.depth,
        requantizer.multiplier[0], -requantizer.shift[0], offset - flip, low - flip, high - flip, flip,
    ]  # fmt: skip
    return [Call(("mean",), words, scratch=4 * inner)]


@binder("AVERAGE_POOL_2D", "integer")
def average_pool_2d(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Every window must show something of the image."""
    assert inputs[0] is not None
    input, (output,) = inputs[0].array, outputs
    p: PoolParams = node.params
    batch, height, width, channels = input.shape
    w, limits = p.window, np.iinfo(output.dtype)
    takes = (
        is_code(input) and input.size and output.size
        and limits.min <= p.activation_min <= p.activation_max <= limits.max
        and shows(w.output_h, w.stride_h, w.pad_top, p.filter_h, height)
        and shows(w.output_w, w.stride_w, w.pad_left, p.filter_w, width)
        and 256 * p.filter_h * p.filter_w < INT32_MAX
    )  # fmt: skip
    if not takes:
        return None
    words = [
        input, output, batch, height, width, channels, p.filter_h, p.filter_w,
        w.stride_h, w.stride_w, w.pad_top, w.pad_left, w.output_h, w.output_w, p.activation_min, p.activation_max,
        int(limits.min < 0),
    ]  # fmt: skip
    return [Call(("average_pool",), words, scratch=4 * channels)]


def shows(positions: int, stride: int, padding: int, filter_size: int, size: int) -> bool:
    """Whether a window sees at least one element at every position."""
    return padding < filter_size and (positions - 1) * stride - padding < size


@binder("SOFTMAX", "int8", "uint8")
def softmax(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Codes to codes; the kernel gives up where the definition refuses a row."""
    assert inputs[0] is not None
    input, (output,) = inputs[0].array, outputs
    if input.dtype != output.dtype or not 0 < input.shape[-1] < 4096 or not input.size:
        return None
    depth, failed = input.shape[-1], packing.aligned(8).view(np.int64)
    words = [
        input, output, input.size // depth, depth, node.params.exps.copy(), flip_of(input), failed
    ]  # fmt: skip
    return [Call(("softmax",), words, scratch=256, failed=failed)]
