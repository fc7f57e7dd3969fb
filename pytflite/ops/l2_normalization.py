"""L2_NORMALIZATION: vectors of length 1 along the last axis.

input: at least one dimension. output: of the same shape; when quantized, its scale is 1/128 and 0 is in the middle of
its codes.

Float32: squares are added one by one; elements are divided by the square root, which is at least 1e-6. int8, uint8: the
inverse square root of the int32 sum of squares is a fixed-point multiplier for ``input - zero point``; a sum of 0 is
taken for 1.

Source: ``l2norm.cc``, ``reference/l2normalization.h``, ``reference/integer_ops/l2normalization.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.inverse_sqrt import inverse_sqrt
from pytflite.arithmetic.requantize import FixedPoint
from pytflite.arithmetic.rounding import wrap_int32
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.epilogues import activation_of
from pytflite.ops._shared.reduction import after, fold
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import L2NormOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.L2_NORMALIZATION, "input", "output", L2NormOptions)


class NormParams(NamedTuple):
    """What the quantized rules are given.

    Attributes:
        input_offset: minus the input's zero point.
        requantizer: for inverse lengths, which bring their own multiplier and shift.
        output_offset: plus the output's.
        qmin: smallest code of the type.
        qmax: largest one.
    """

    input_offset: int
    requantizer: FixedPoint
    output_offset: int
    qmin: int
    qmax: int


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The input's shape."""
    input = node["input"]
    node.require(len(input.shape) >= 1, f"{input} must have at least one dimension.")
    node.require(activation_of(node) == "NONE", "Fused activations are not supported.")
    return [input.shape]


def params(node: Node) -> NormParams:
    """Params of the quantized rules."""
    output = node["output"]
    middle = (output.qmin + output.qmax + 1) // 2
    node.require(
        output.scale == 1 / 128 and output.zero_point == middle,
        f"{output} must have the scale 1/128 and the zero point {middle}.",
    )
    return NormParams(-node["input"].zero_point, node.fixed_point(0, 0), output.zero_point, output.qmin, output.qmax)


@OP.rule("int8", "i8 -> i8", params=params)
def define(input: Array, p: NormParams) -> Stages:
    """The scale of the output goes into the multiplier."""
    yield from normalize(input, p, 1, 7)


@OP.rule("uint8", "u8 -> u8", params=params)
def define_uint8(input: Array, p: NormParams) -> Stages:
    """The scale of the output goes into the input."""
    yield from normalize(input, p, 128, 0)


def normalize(input: Array, p: NormParams, factor: int, shift: int) -> Stages:
    """Multiply by the inverse length, ``factor`` and ``2**shift``."""
    difference = input.astype(np.int64) + p.input_offset
    squares = wrap_int32((difference * difference).sum(axis=-1, keepdims=True))
    yield "squares", squares
    multiplier, exponent = inverse_sqrt(squares)
    normalized = p.requantizer._replace(multiplier=multiplier, shift=exponent + shift)(difference * factor)
    yield "normalized", normalized
    yield "output", np.clip(normalized + p.output_offset, p.qmin, p.qmax).astype(input.dtype)


@OP.rule("float32", "f32 -> f32")
def define_float(input: Array, p: None) -> Stages:
    """Add squares one by one, divide by the length."""
    squares = fold(np.add, after(0, input * input))[..., None]
    yield "squares", squares
    length = np.maximum(np.sqrt(squares), np.float32(1e-6))
    yield "output", input / length
