"""SUM: the sum along axes.

input: any shape. axis: int32, any number of axes, negative ones counted from the back. output: the input without these
axes, or with 1 in their place (keep_dims).

Float32: elements are added one by one in row-major order. int32, int64: the sum wraps. bool: whether any is true.
uint8, int8, int16: an int32 sum of ``input - zero point``, one multiplier, the output zero point, the range of the
type. That is what is meant; the reference kernel takes int8 and int16 tensors for the bytes that they are made of.

Source: ``reduce.cc``, ``reference/reduce.h``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.rounding import round_half_away
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.reduction import (
    FloatScale,
    QuantizedReduction,
    Reduction,
    float_scaled_sums,
    quantized_reduction,
    quantized_sums,
    reduce,
    reduced_shapes,
    reduction_of,
    shifted_float_scale,
)
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ReducerOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.SUM, "input axis", "output", ReducerOptions)

shapes = OP.shapes(reduced_shapes)


def quantized_params(node: Node) -> QuantizedReduction:
    """Params of the quantized rules."""
    requantizer = node.requantizer(node["input"].scale, over=node["output"].scale, precision="float64")
    return quantized_reduction(node, requantizer)


def bytes_params(node: Node) -> QuantizedReduction:
    """The same, with the range of uint8."""
    p = quantized_params(node)
    return p._replace(epilogue=p.epilogue._replace(activation_min=0, activation_max=255))


@OP.rule("int8_bytes", "i8 i32 -> i8", params=bytes_params, note="BUILTIN_REF reads and writes the codes as uint8.")
@OP.rule(
    "int16_bytes",
    "i16 i32 -> i16",
    params=bytes_params,
    note="BUILTIN_REF reads the first half of the input's bytes as uint8 and writes the first half of the output's. "
    "The other half is whatever was in memory; here it is 0.",
)
def define_bytes(input: Array, axis: Array, p: QuantizedReduction) -> Stages:
    """As many bytes as there are elements, summed as uint8 codes, stored as bytes."""
    seen = input.reshape(-1).view(np.uint8)[: input.size].reshape(input.shape)
    *stages, (_, written) = quantized_sums(seen, p)
    yield from stages
    output = np.zeros(math.prod(p.reduction.shape), input.dtype)
    output.view(np.uint8)[: written.size] = written.reshape(-1)
    yield "output", output.reshape(p.reduction.shape)


@OP.rule("quantized", "Q i32 -> Q", params=quantized_params, Q="u8 i8 i16")
def define_quantized(input: Array, axis: Array, p: QuantizedReduction) -> Stages:
    """Sum the codes, requantize."""
    yield from quantized_sums(input, p)


def float_scale_params(node: Node) -> FloatScale:
    """Params of the rule that adds the output zero point last (``QuantizedMeanOrSum``, optimized/reduce.h)."""
    input, output, reduction = node["input"], node["output"], reduction_of(node)
    scale = input.scale / output.scale
    bias = np.float32(-input.zero_point) * scale * np.float32(reduction.depth)
    return FloatScale(reduction, scale, bias, round_half_away, output.zero_point, output.qmin, output.qmax)


half_even_params = shifted_float_scale(np.rint, averaged=False)
half_away_params = shifted_float_scale(round_half_away, averaged=False)


@OP.rule("float_scale", "Q i32 -> Q", params=float_scale_params, by_name=True, Q="u8 i8 i16")
@OP.rule("float_scale_half_even", "Q i32 -> Q", params=half_even_params, by_name=True, Q="u8 i8")
@OP.rule("float_scale_half_away", "Q i32 -> Q", params=half_away_params, by_name=True, Q="u8 i8")
def define_float_scale(input: Array, axis: Array, p: FloatScale) -> Stages:
    """Sum the codes, scale in float32."""
    yield from float_scaled_sums(input, p)


@OP.rule("integer", "I i32 -> I", params=reduction_of, I="i32 i64")
@OP.rule("float32", "f32 i32 -> f32", params=reduction_of)
def define(input: Array, axis: Array, p: Reduction) -> Array:
    """Add one by one."""
    return reduce(np.add, input, p, 0)


@OP.rule("bool", "b i32 -> b", params=reduction_of)
def define_bool(input: Array, axis: Array, p: Reduction) -> Array:
    """Whether any is true."""
    return reduce(np.logical_or, input, p, False)
