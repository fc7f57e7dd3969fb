"""Binders of operators that make one code of many: MEAN, SUM, pools, ARG_MAX, SOFTMAX."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.kernels.engine.buffers import aligned
from pytflite.kernels.engine.words import LARGEST, SMALLEST
from pytflite.ops._shared.pooling import PoolParams
from pytflite.ops._shared.reduction import FloatScale, QuantizedReduction, Reduction
from pytflite.ops.softmax import TableParams, round_half_up
from pytflite.plan.node import PreparedNode
from pytflite.runtime.engine.binding import (
    INT32_MAX,
    ONCE,
    Binder,
    Call,
    Calls,
    Operand,
    binder,
    fixed_point_of,
    flip_of,
    is_code,
    is_short_code,
    parts_of,
    ties_up,
)
from pytflite.runtime.engine.movement import Folds, folds
from pytflite.runtime.engine.plain import kind_of

Array = npt.NDArray[Any]


@binder("MEAN", "quantized", "quantized_vectors")
@binder("SUM", "quantized")
def mean(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Any axes."""
    assert inputs[0] is not None
    input, (output,) = inputs[0].array, outputs
    p: QuantizedReduction = node.params
    (requantizer, offset, low, high), source = p.epilogue, folds_of_codes(input, p.reduction)
    grouped, reach = source and ties_up(requantizer, source.sizes[2]), (1 << 8 * input.itemsize) * p.reduction.depth
    if not source or grouped is None or abs(p.offset) + reach >= INT32_MAX >> 1:
        return None
    multiplier, shift = fixed_point_of(requantizer, source.sizes[2])
    if shift.max() > 0:
        return None
    flip = flip_of(input)
    first = 0 if shift[0] and isinstance(requantizer, ONCE) else 1 << 30
    words = [
        source.array, output, *source.sizes, p.offset + flip * p.reduction.depth, multiplier[0], -shift[0],
        offset - flip, low - flip, high - flip, flip, first, grouped,
    ]  # fmt: skip
    return [*source.calls, Call(("mean", input.itemsize), words, scratch=4 * source.sizes[2])]


@binder("MEAN", "float_scale_half_even", "float_scale_half_away")
@binder("SUM", "float_scale", "float_scale_half_even", "float_scale_half_away")
def scaled_sum(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Any axes."""
    assert inputs[0] is not None
    input, (output,) = inputs[0].array, outputs
    p: FloatScale = node.params
    source, reach = folds_of_codes(input, p.reduction), 256 * p.reduction.depth
    if (
        not (source and is_code(input))
        or reach >= INT32_MAX
        or reach * abs(float(p.scale)) + abs(float(p.bias)) >= 1 << 30
    ):
        return None
    flip, factors = flip_of(input), np.array([p.scale, p.bias], np.float32)
    words = [
        source.array, output, *source.sizes, flip * p.reduction.depth, factors, p.rounding is np.rint,
        p.output_offset, p.qmin, p.qmax, flip,
    ]  # fmt: skip
    return [*source.calls, Call(("scaled_sum",), words, scratch=4 * source.sizes[2])]


def folds_of_codes(input: Array, reduction: Reduction) -> Folds | None:
    """Some codes, the reduced axes as neighbours; None if there are no such, or no axes."""
    return folds(input, reduction.axes) if is_short_code(input) and input.size and reduction.axes else None


@binder("AVERAGE_POOL_2D", "integer")
def average_pool_2d(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Every window must show something of the image."""
    assert inputs[0] is not None
    input, (output,) = inputs[0].array, outputs
    p: PoolParams = node.params
    batch, height, width, channels = input.shape
    w, limits = p.window, np.iinfo(output.dtype)
    takes = (
        is_short_code(input) and input.size and output.size
        and limits.min <= p.activation_min <= p.activation_max <= limits.max
        and shows(w.output_h, w.stride_h, w.pad_top, p.filter_h, height)
        and shows(w.output_w, w.stride_w, w.pad_left, p.filter_w, width)
        and (1 << 8 * input.itemsize) * p.filter_h * p.filter_w < INT32_MAX
    )  # fmt: skip
    if not takes:
        return None
    words = [
        input, output, batch, height, width, channels, p.filter_h, p.filter_w,
        w.stride_h, w.stride_w, w.pad_top, w.pad_left, w.output_h, w.output_w, p.activation_min, p.activation_max,
    ]  # fmt: skip
    return [Call(("average_pool", input.itemsize, int(limits.min < 0)), words, scratch=4 * channels)]


@binder("MAX_POOL_2D", "integer")
def max_pool_2d(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Any windows."""
    assert inputs[0] is not None
    input, (output,) = inputs[0].array, outputs
    p: PoolParams = node.params
    w, limits = p.window, np.iinfo(output.dtype)
    bounded = limits.min <= p.activation_min <= p.activation_max <= limits.max
    if not (is_short_code(input) and output.size and bounded):
        return None
    words = [
        input, output, *input.shape, p.filter_h, p.filter_w, w.stride_h, w.stride_w, w.pad_top, w.pad_left, w.output_h,
        w.output_w, p.activation_min, p.activation_max,
    ]  # fmt: skip
    return [Call(("max_pool", input.itemsize, int(limits.min < 0)), words, parts_of(output.size))]


@binder("ARG_MAX", "integer")
def arg_max(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Of codes; of other integers, one by one."""
    assert inputs[0] is not None
    input, (output,), axis = inputs[0].array, outputs, node.params.axis
    if not (is_code(input) and input.size):
        return searched(LARGEST)(node, inputs, outputs)
    outer, inner = prod(input.shape[:axis]), prod(input.shape[axis + 1 :])
    words = [input, output, outer, input.shape[axis], inner, flip_of(input), output.itemsize == 8]
    return [Call(("arg_max",), words, parts_of(input.size))]


def searched(operation: int) -> Binder:
    """The binder of a search for the first `LARGEST` or `SMALLEST`; the kernel gives up where it meets a NaN."""

    def bind(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
        assert inputs[0] is not None
        input, (output,), axis = inputs[0].array, outputs, node.params.axis
        if not (output.size and kind_of(input)):
            return None if output.size else []
        outer, inner = prod(input.shape[:axis]), prod(input.shape[axis + 1 :])
        failed = aligned(8).view(np.int64)
        words = [input, output, outer, input.shape[axis], inner, output.itemsize == 8, failed]
        floats = input.dtype.kind == "f"
        kernel = "search", kind_of(input), operation
        return [Call(kernel, words, parts_of(input.size), failed=failed if floats else None)]

    return bind


binder("ARG_MIN", "integer")(searched(SMALLEST))
for rule in ("float32", "float32_lanes", "float32_nan_in_front", "float32_nan_lanes"):
    binder("ARG_MAX", rule)(searched(LARGEST))
    binder("ARG_MIN", rule)(searched(SMALLEST))


LONG_ROW = 512
"""In a shorter row, there cannot be too many codes near the largest."""


def shows(positions: int, stride: int, padding: int, filter_size: int, size: int) -> bool:
    """Whether a window sees at least one element at every position."""
    return padding < filter_size and (positions - 1) * stride - padding < size


@binder("SOFTMAX", "int8", "uint8")
def softmax(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Codes to codes; the kernel for 8-bit outputs gives up where the definition refuses a row."""
    assert inputs[0] is not None
    input, (output,) = inputs[0].array, outputs
    if not 0 < input.shape[-1] < 4096 or not input.size:
        return None
    if output.dtype == np.int16:
        words = [input, output, input.size // input.shape[-1], input.shape[-1], node.params.exps.copy(), flip_of(input)]
        return [Call(("short_softmax",), words, parts_of(input.size))]
    depth, failed = input.shape[-1], aligned(8).view(np.int64)
    words = [
        input, output, input.size // depth, depth, node.params.exps.copy(), flip_of(input), failed
    ]  # fmt: skip
    fails = depth >= LONG_ROW
    return [Call(("softmax",), words, scratch=256, failed=failed if fails else None)]


@binder("SOFTMAX", "int16", "int16_wrapped")
def short_softmax(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """A table of the exps of all differences to the largest code."""
    assert inputs[0] is not None
    input, (output,) = inputs[0].array, outputs
    depth = input.shape[-1]
    if not input.size or depth >= 1 << 16:
        return None
    _, exps = next(iter(node.stages([np.arange(-(1 << 15), 1 << 15).astype(np.int16)])))
    high = (1 << 15) - (node.rule.name == "int16")
    words = [
        input, output, input.size // depth, depth, exps.astype(np.int16), node.params.reciprocal.copy(), high,
    ]  # fmt: skip
    return [Call(("table_softmax",), words, parts_of(input.size))]


@binder("SOFTMAX", "float32_table")
def float_softmax(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Codes to codes, exps of at most 1."""
    assert inputs[0] is not None
    input, (output,) = inputs[0].array, outputs
    p: TableParams = node.params
    tame = bool((p.exps <= 1).all()) and p.scale > 2.0**-20
    if not (input.size and tame):
        return None
    limits, depth = np.iinfo(output.dtype), input.shape[-1]
    words = [
        input, output, input.size // depth, depth, p.exps.copy(), np.array([p.scale]), flip_of(input),
        p.rounding is round_half_up, p.zero_point, limits.min, limits.max,
    ]  # fmt: skip
    return [Call(("float_softmax", output.itemsize), words, scratch=256 * output.itemsize)]
