"""LOGISTIC: the sigmoid, ``1 / (1 + exp(-x))``.

input: any shape. output: the same shape.

int8, uint8: a table of 256 entries, computed in float32; the output's scale is 1/256. int16: a table with an entry
every 1/24, interpolated; the output's scale is 1/32768. float32, float16, bfloat16: the formula with the C library's
``expf``; 1 above 16.6, ``exp(x)`` below -9.

Source: ``activations.cc``, ``reference/logistic.h``, ``reference/integer_ops/logistic.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic import gemmlowp
from pytflite.arithmetic.bfloat16 import bfloat16_to_float32, float32_to_bfloat16
from pytflite.arithmetic.libm import exp
from pytflite.arithmetic.power_of_two import checked_log2
from pytflite.arithmetic.rounding import round_half_away
from pytflite.arithmetic.tables import CodeTable, SigmoidScale, logistic_from_table
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.activations import require_symmetric, same_shape
from pytflite.ops._shared.lookup import look_up, shifted_table_params, table_params, tabulated
from pytflite.ops._shared.sigmoids import (
    SigmoidParams,
    fixed_point_sigmoid,
    sigmoid,
    sigmoid_in_parts,
    sigmoid_params,
)
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.LOGISTIC)

shapes = OP.shapes(same_shape)


def params(node: Node) -> CodeTable:
    """The table."""
    output = node["output"]
    node.require(output.scale == 1 / 256, f"The scale of {output} must be 1/256.")
    return table_params(sigmoid)(node)


def sigmoid_in_float64(x: Array) -> Array:
    """The formula, in float64, and what it tends to (``sigmoid``, src/reference/unary-elementwise.cc of XNNPACK)."""
    exponential = exp(np.clip(x.astype(np.float64), -100, 100))
    inner = (exponential / (1 + exponential)).astype(np.float32)
    return np.where(x > 100, np.float32(1), np.where(x < -100, np.float32(0), inner))


half_even_params = shifted_table_params(sigmoid_in_float64, np.rint)
half_away_params = shifted_table_params(sigmoid_in_float64, round_half_away)


@OP.rule("int8", "i8 -> i8", params=params, kernel="lookup")
@OP.rule("uint8", "u8 -> u8", params=params, kernel="lookup")
@OP.rule("half_even_table", "Q -> Q", params=half_even_params, kernel="lookup", by_name=True, Q="i8 u8")
@OP.rule("half_away_table", "Q -> Q", params=half_away_params, kernel="lookup", by_name=True, Q="i8 u8")
def define_table(input: Array, p: CodeTable) -> Stages:
    """Look it up."""
    yield from look_up(input, p)


def fixed_point_params(node: Node) -> SigmoidParams:
    """Params of the rule in fixed point, which takes the output's scale for 1/256."""
    output = node["output"]
    node.require(output.zero_point == -128, f"The zero point of {output} must be -128.")
    return sigmoid_params(node)


@OP.rule("int8_gemmlowp", "i8 -> i8", params=tabulated(fixed_point_params), kernel="lookup", by_name=True)
def define_fixed_point(input: Array, p: SigmoidParams) -> Stages:
    """In fixed point (``Logistic`` for int8, integer_ops/logistic.h)."""
    yield from fixed_point_sigmoid(gemmlowp.logistic, input, p, 23, -128)


def int16_params(node: Node) -> SigmoidScale:
    """From the input's scale to that of the table; exact for 2**-12."""
    output = node["output"]
    require_symmetric(node)
    node.require(output.scale == 1 / 32768, f"The scale of {output} must be 1/32768.")
    return SigmoidScale.of(node["input"].scale, (0,))


@OP.rule("int16", "i16 -> i16", params=int16_params)
def define_int16(input: Array, p: SigmoidScale) -> Stages:
    """Interpolate."""
    rescaled = p(input)
    yield "rescaled", rescaled
    yield "output", logistic_from_table(rescaled)


def has_fixed_point_scale(node: Node) -> bool:
    """Whether codes of the input have 3 integer bits."""
    return checked_log2(node["input"].scale) == (-12, True)


@OP.rule("int16_gemmlowp", "i16 -> i16", params=int16_params, when=has_fixed_point_scale, by_name=True)
def define_gemmlowp(input: Array, p: SigmoidScale) -> Array:
    """In fixed point (``Logistic`` for int16, optimized_ops.h)."""
    return gemmlowp.logistic(input, 3, 16).astype(np.int16)


@OP.rule("float32", "f32 -> f32")
@OP.rule("float16", "f16 -> f16")
def define_float(input: Array, p: None) -> Array:
    """In float32."""
    return sigmoid_in_parts(input.astype(np.float32)).astype(input.dtype)


@OP.rule("bfloat16", "bf16 -> bf16")
def define_bfloat16(input: Array, p: None) -> Array:
    """In float32."""
    return float32_to_bfloat16(sigmoid_in_parts(bfloat16_to_float32(input)))
