"""TANH: hyperbolic tangent.

input: any shape. output: the same shape.

int8, uint8: a table of 256 entries, computed in float32. int16: the table of the sigmoid, interpolated, with
``tanh(x) = 2 * sigmoid(2 * x) - 1``; the output's scale is 1/32768. float32, float16, bfloat16: the C library's
``tanhf``.

Source: ``activations.cc``, ``reference/tanh.h``, ``reference/integer_ops/tanh.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic import gemmlowp
from pytflite.arithmetic.bfloat16 import bfloat16_to_float32, float32_to_bfloat16
from pytflite.arithmetic.libm import tanhf
from pytflite.arithmetic.power_of_two import checked_log2
from pytflite.arithmetic.rounding import round_half_away
from pytflite.arithmetic.tables import CodeTable, SigmoidScale, tanh_from_table
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.activations import require_symmetric, same_shape
from pytflite.ops._shared.lookup import look_up, shifted_table_params, table_params, tabulated
from pytflite.ops._shared.sigmoids import SigmoidParams, fixed_point_sigmoid, sigmoid_params
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.TANH)


shapes = OP.shapes(same_shape)


half_even_params = shifted_table_params(tanhf, np.rint)
half_away_params = shifted_table_params(tanhf, round_half_away)


@OP.rule("int8", "i8 -> i8", params=table_params(tanhf), kernel="lookup")
@OP.rule("uint8", "u8 -> u8", params=table_params(tanhf), kernel="lookup")
@OP.rule("half_even_table", "Q -> Q", params=half_even_params, kernel="lookup", by_name=True, Q="i8 u8")
@OP.rule(
    "half_away_table",
    "Q -> Q",
    params=half_away_params,
    kernel="lookup",
    by_name=True,
    Q="i8 u8",
)
def define_table(input: Array, p: CodeTable) -> Stages:
    """Look it up."""
    yield from look_up(input, p)


@OP.rule("int8_gemmlowp", "i8 -> i8", params=tabulated(sigmoid_params), kernel="lookup", by_name=True)
def define_fixed_point(input: Array, p: SigmoidParams) -> Stages:
    """In fixed point, the output's scale taken for 1/128 (``Tanh`` for int8, integer_ops/tanh.h)."""
    yield from fixed_point_sigmoid(gemmlowp.tanh, input, p, 24, 0)


def int16_params(node: Node) -> SigmoidScale:
    """From the input's scale to that of the table; exact for 2**-12 and 2**-11."""
    output = node["output"]
    require_symmetric(node)
    node.require(checked_log2(output.scale) == (-15, True), f"The scale of {output} must be 1/32768.")
    return SigmoidScale.of(node["input"].scale, (0, 1))


def fixed_point_shift(node: Node) -> int:
    """From the codes of the input to 3 integer bits."""
    int16_params(node)
    return 12 + checked_log2(node["input"].scale)[0]


@OP.rule("int16", "i16 -> i16", params=int16_params)
def define_int16(input: Array, p: SigmoidScale) -> Stages:
    """Interpolate."""
    rescaled = p(input)
    yield "rescaled", rescaled
    yield "output", tanh_from_table(rescaled)


def has_fixed_point_scale(node: Node) -> bool:
    """Whether codes of the input have 3 integer bits, or 4."""
    return checked_log2(node["input"].scale) in ((-12, True), (-11, True))


@OP.rule("int16_gemmlowp", "i16 -> i16", params=fixed_point_shift, when=has_fixed_point_scale, by_name=True)
def define_gemmlowp(input: Array, p: int) -> Array:
    """In fixed point (``Tanh`` for int16, optimized_ops.h)."""
    return gemmlowp.tanh(gemmlowp.shift_left(input, p, 16), 3, 16).astype(np.int16)


@OP.rule("float32", "f32 -> f32")
@OP.rule("float16", "f16 -> f16")
def define_float(input: Array, p: None) -> Array:
    """In float32."""
    return tanhf(input.astype(np.float32)).astype(input.dtype)


@OP.rule("bfloat16", "bf16 -> bf16")
def define_bfloat16(input: Array, p: None) -> Array:
    """In float32."""
    return float32_to_bfloat16(tanhf(bfloat16_to_float32(input)))
