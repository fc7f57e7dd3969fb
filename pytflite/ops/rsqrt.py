"""RSQRT: the inverse of the square root.

input: any shape. output: the same shape.

int8: by Newton's method in fixed point, with 20 bits of headroom; one multiplier, the output zero point. The zero point
gives the largest code. int16: a table with an entry every 128 codes, interpolated. Codes below the zero point are
refused. float32: ``1 / sqrt(x)``.

Source: ``elementwise.cc``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.fixed_point import quantize_multiplier
from pytflite.arithmetic.inverse_sqrt import inverse_sqrt
from pytflite.arithmetic.requantize import FixedPoint
from pytflite.arithmetic.rounding import wrap_int32
from pytflite.arithmetic.tables import interpolate
from pytflite.errors import InvokeError
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.activations import require_symmetric, same_shape
from pytflite.ops._shared.lookup import interpolation_params
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.RSQRT)

HEADROOM = 20
"""Bits that an inverse root is up, for it is below 1."""

shapes = OP.shapes(same_shape)


def require_positive(values: Array) -> None:
    """Refuse numbers below 0; InvokeError."""
    if (values < 0).any():
        raise InvokeError("Rsqrt is only defined for positive values.")


class RsqrtParams(NamedTuple):
    """What the rule for int8 is given.

    Attributes:
        input_offset: minus the zero point of the input.
        requantizer: from inverse roots of codes, `HEADROOM` bits up, to the output's scale.
        output_offset: plus the zero point of the output.
    """

    input_offset: int
    requantizer: FixedPoint
    output_offset: int


def params(node: Node) -> RsqrtParams:
    """The multiplier; a product in float32, its inverse in float64."""
    require_symmetric(node)
    input, output = node["input"], node["output"]
    multiplier, shift = quantize_multiplier(1 / float(np.sqrt(input.scale) * output.scale))
    node.require(
        shift - HEADROOM >= -31, f"The scale of {output} times the root of that of {input} must be below 2^12."
    )
    return RsqrtParams(-input.zero_point, node.fixed_point(multiplier, shift - HEADROOM), output.zero_point)


@OP.rule("int8", "i8 -> i8", params=params)
@OP.rule("int16_fixed_point", "i16 -> i16", params=params, by_name=True)
def define_fixed_point(input: Array, p: RsqrtParams) -> Stages:
    """In fixed point."""
    value = input.astype(np.int64) + p.input_offset
    require_positive(value)
    multiplier, shift = inverse_sqrt(value)
    inverse_root = p.requantizer._replace(multiplier=multiplier, shift=shift + HEADROOM)(np.ones_like(value))
    yield "inverse_root", inverse_root
    requantized = p.requantizer(inverse_root)
    yield "requantized", requantized
    out = np.iinfo(input.dtype)
    output = np.clip(wrap_int32(requantized + p.output_offset), out.min, out.max)
    yield "output", np.where(value == 0, out.max, output).astype(input.dtype)


def int16_params(node: Node) -> Array:
    """The table; numbers up to 0 give the largest code."""
    require_symmetric(node)
    largest = np.float32(32767) * node["output"].scale
    return interpolation_params(lambda x: np.where(x <= 0, largest, np.float32(1) / np.sqrt(x)))(node)


@OP.rule("int16", "i16 -> i16", params=int16_params)
def define_int16(input: Array, p: Array) -> Array:
    """Interpolate."""
    require_positive(input)
    return interpolate(input, p)


@OP.rule("float32", "f32 -> f32")
def define_float(input: Array, p: None) -> Array:
    """As written."""
    return np.float32(1) / np.sqrt(input)
