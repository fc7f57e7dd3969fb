"""LEAKY_RELU: negative numbers are multiplied by alpha.

input: any shape. output: the same shape. alpha is an option and may be negative.

int8, uint8, int16: the input without its zero point, one multiplier for numbers from 0 up, another one, which includes
alpha, for those below; the output zero point and the range of the type. The sign of alpha is applied after the
multiplication. float32: numbers above 0 pass, all others are multiplied.

Source: ``activations.cc``, ``reference/leaky_relu.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.requantize import Requantizer
from pytflite.arithmetic.rounding import wrap_int32
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.activations import require_symmetric, same_shape
from pytflite.ops._shared.lookup import NO_TABLE, tabulated
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import LeakyReluOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.LEAKY_RELU, options=LeakyReluOptions)


shapes = OP.shapes(same_shape)


class LeakyReluParams(NamedTuple):
    """What the integer rules are given.

    Attributes:
        input_offset: minus the zero point of the input.
        identity: to the output's scale.
        alpha: the same, times the magnitude of alpha.
        sign: of alpha, 1 or -1.
        output_offset: plus the zero point of the output.
        qmin: smallest code of the output.
        qmax: largest one.
        table: what becomes of each 8-bit code.
    """

    input_offset: int
    identity: Requantizer
    alpha: Requantizer
    sign: int
    output_offset: int
    qmin: int
    qmax: int
    table: Array = NO_TABLE


def params(node: Node) -> LeakyReluParams:
    """Both multipliers, derived in float32."""
    require_symmetric(node)
    input, output, alpha = node["input"], node["output"], np.float32(node.options.alpha)
    identity = node.requantizer(input.scale, over=output.scale, precision="float32")
    scaled = node.requantizer(input.scale, np.abs(alpha), over=output.scale, precision="float32")
    sign = -1 if alpha < 0 else 1
    return LeakyReluParams(-input.zero_point, identity, scaled, sign, output.zero_point, output.qmin, output.qmax)


@OP.rule("int8", "i8 -> i8", params=tabulated(params), kernel="lookup")
@OP.rule("uint8", "u8 -> u8", params=tabulated(params), kernel="lookup")
@OP.rule("int16", "i16 -> i16", params=params)
def define_quantized(input: Array, p: LeakyReluParams) -> Stages:
    """One of two multipliers."""
    value = input.astype(np.int64) + p.input_offset
    requantized = np.where(value >= 0, p.identity(value), p.sign * p.alpha(value)).reshape(input.shape)
    yield "requantized", requantized
    yield "output", np.clip(wrap_int32(requantized + p.output_offset), p.qmin, p.qmax).astype(input.dtype)


def signed_params(node: Node) -> LeakyReluParams:
    """The same, where the multiplier has the sign of alpha."""
    input, output = node["input"], node["output"]
    scaled = node.requantizer(input.scale, alpha(node), over=output.scale, precision="float32")
    return params(node)._replace(alpha=scaled, sign=1)


@OP.rule("signed_alpha", "T -> T", params=tabulated(signed_params), by_name=True, kernel="lookup", T="i8 u8")
@OP.rule("signed_alpha_int16", "i16 -> i16", params=signed_params, by_name=True)
def define_signed(input: Array, p: LeakyReluParams) -> Stages:
    """The same; ties are rounded with the sign of alpha (``xnn_qs8_vlrelu`` of XNNPACK)."""
    yield from define_quantized(input, p)


def alpha(node: Node) -> np.float32:
    """The option."""
    return np.float32(node.options.alpha)


@OP.rule("float32", "f32 -> f32", params=alpha)
def define_float(input: Array, p: np.float32) -> Array:
    """Multiply what is not above 0."""
    return np.where(input > 0, input, input * p)
