"""PRELU: negative numbers are multiplied by alpha, a tensor.

input: any shape. alpha: a shape that broadcasts to it. output: the shape of the input.

int8, uint8, int16: numbers from 0 up, without their zero point, get one multiplier; those below are multiplied by
alpha without its zero point and get another one; then the output zero point and the range of the type. With int16 goes
an alpha of int8. float32: numbers below 0 are multiplied.

Source: ``activations.cc``, ``reference/prelu.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.requantize import Requantizer
from pytflite.arithmetic.rounding import wrap_int32
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.elementwise import broadcast_shape
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.PRELU, "input alpha", "output")


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """That of the input."""
    input, alpha = node["input"], node["alpha"]
    node.require(broadcast_shape(node, input, alpha) == input.shape, f"{alpha} must broadcast to the shape of {input}.")
    return [input.shape]


class PreluParams(NamedTuple):
    """What the integer rules are given.

    Attributes:
        input_offset: minus the zero point of the input.
        alpha_offset: minus the zero point of alpha.
        identity: from the scale of the input to that of the output.
        product: from the scale of input times alpha to that of the output.
        output_offset: plus the zero point of the output.
        qmin: smallest code of the output.
        qmax: largest one.
    """

    input_offset: int
    alpha_offset: int
    identity: Requantizer
    product: Requantizer
    output_offset: int
    qmin: int
    qmax: int


def params(node: Node) -> PreluParams:
    """Both multipliers, derived in float32."""
    input, alpha, output = node["input"], node["alpha"], node["output"]
    identity = node.requantizer(input.scale, over=output.scale, precision="float32")
    product = node.requantizer(input.scale, alpha.scale, over=output.scale, precision="float32")
    offsets = -input.zero_point, -alpha.zero_point
    return PreluParams(*offsets, identity, product, output.zero_point, output.qmin, output.qmax)


@OP.rule("int8", "i8 i8 -> i8", params=params)
@OP.rule("uint8", "u8 u8 -> u8", params=params)
@OP.rule("int16", "i16 i8 -> i16", params=params)
def define_quantized(input: Array, alpha: Array, p: PreluParams) -> Stages:
    """One of two multipliers."""
    value = input.astype(np.int64) + p.input_offset
    product = value * (alpha.astype(np.int64) + p.alpha_offset)
    yield "product", product
    requantized = np.where(value >= 0, p.identity(value), p.product(product)).reshape(input.shape)
    yield "requantized", requantized
    yield "output", np.clip(wrap_int32(requantized + p.output_offset), p.qmin, p.qmax).astype(input.dtype)


@OP.rule("float32", "f32 f32 -> f32")
def define_float(input: Array, alpha: Array, p: None) -> Array:
    """Multiply what is below 0."""
    return np.where(input >= 0, input, input * alpha)
