"""MEAN: the mean along axes.

input: any shape. axis: int32, any number of axes, negative ones counted from the back. output: the input without these
axes, or with 1 in their place (keep_dims).

Float32: elements are added one by one in row-major order, the sum is divided by their number; NaN without elements.
int32, int64: a 64-bit sum, which wraps, divided toward zero. uint8, int8, int16: an int32 sum of ``input - zero point``
and one multiplier, into which the division by the number of elements is folded; the output zero point, the range of the
type.

Source: ``reduce.cc``, ``reference/reduce.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.fixed_point import divide_multiplier, quantize_multiplier
from pytflite.arithmetic.requantize import Requantizer, RoundingUpByChannels
from pytflite.arithmetic.rounding import divide_toward_zero, round_half_away
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.reduction import (
    FloatScale,
    QuantizedReduction,
    Reduction,
    after,
    float_scaled_sums,
    fold,
    quantized_reduction,
    quantized_sums,
    reduced_shapes,
    reduction_of,
    rows,
    shifted_float_scale,
)
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ReducerOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.MEAN, "input axis", "output", ReducerOptions)

shapes = OP.shapes(reduced_shapes)


def quantized_params(node: Node) -> QuantizedReduction:
    """Params of the quantized rules."""
    requantizer = node.requantizer(node["input"].scale, over=node["output"].scale, precision="float64")
    return quantized_reduction(node, averaging(requantizer, reduction_of(node).depth))


def image_params(node: Node) -> QuantizedReduction:
    """Params of the vector rule: means of whole images have a multiplier, and a rounding, of their own.

    Source: ``Mean``, optimized/integer_ops/mean.h and optimized/optimized_ops.h.
    """
    input, output, p = node["input"], node["output"], quantized_params(node)
    if not (node.options.keep_dims and len(input.shape) == 4 and p.reduction.axes == (1, 2)):
        return p
    in_outputs = np.float32(input.zero_point) * input.scale / output.scale
    half = np.float32(0.5) if in_outputs > 0 else np.float32(-0.5)
    output_offset = output.zero_point - int(in_outputs + half)
    real = input.scale / (np.float32(p.reduction.depth) * output.scale)
    multiplier, shift = (np.repeat(part, input.shape[3]) for part in quantize_multiplier(np.atleast_1d(real)))
    requantizer = RoundingUpByChannels(multiplier, shift, input.shape[3] // 16 * 16)
    epilogue = p.epilogue._replace(requantizer=requantizer, output_offset=output_offset)
    return QuantizedReduction(p.reduction, 0, epilogue)


def averaging(requantizer: Any, count: int) -> Requantizer:
    """A fixed-point requantizer (one with ``multiplier`` and ``shift``) that divides by a number of elements, too."""
    multiplier, shift = divide_multiplier(requantizer.multiplier, requantizer.shift, max(count, 1))
    averaging: Requantizer = requantizer._replace(multiplier=multiplier, shift=shift)
    return averaging


@OP.rule("quantized", "Q i32 -> Q", params=quantized_params, Q="u8 i8 i16")
@OP.rule("quantized_vectors", "Q i32 -> Q", params=image_params, by_name=True, Q="u8 i8")
def define_quantized(input: Array, axis: Array, p: QuantizedReduction) -> Stages:
    """Sum the codes, requantize."""
    yield from quantized_sums(input, p)


half_even_params = shifted_float_scale(np.rint, averaged=True)
half_away_params = shifted_float_scale(round_half_away, averaged=True)


@OP.rule("float_scale_half_even", "Q i32 -> Q", params=half_even_params, by_name=True, Q="u8 i8")
@OP.rule("float_scale_half_away", "Q i32 -> Q", params=half_away_params, by_name=True, Q="u8 i8")
def define_float_scale(input: Array, axis: Array, p: FloatScale) -> Stages:
    """Sum the codes, scale in float32."""
    yield from float_scaled_sums(input, p)


@OP.rule("integer", "I i32 -> I", params=reduction_of, I="i32 i64")
def define_integer(input: Array, axis: Array, p: Reduction) -> Stages:
    """Sum in 64 bits, divide."""
    accumulator = rows(input, p).sum(axis=1, dtype=np.int64).reshape(p.shape)
    yield "accumulator", accumulator
    yield "output", divide_toward_zero(accumulator, max(p.depth, 1)).astype(input.dtype)


@OP.rule("float32", "f32 i32 -> f32", params=reduction_of)
def define_float(input: Array, axis: Array, p: Reduction) -> Stages:
    """Add one by one, divide."""
    accumulator = fold(np.add, after(0, rows(input, p))).reshape(p.shape)
    yield "accumulator", accumulator
    yield "output", accumulator / np.float32(p.depth)
