"""LOG_SOFTMAX: ``x - log(sum(exp(x)))``, along the last dimension.

input: one dimension or more. output: the same shape.

int8, uint8: differences to the largest code of a row go through a fixed-point exp, their sum has 12 integer bits, its
logarithm is a rational function. Differences that the fixed point cannot hold give the smallest code. The output's
scale is 1/16, its zero point the largest code. float32: differences to the largest number, the C library's ``expf``, a
sum from left to right, the C library's ``logf``.

Source: ``activations.cc``, ``reference/log_softmax.h``, ``reference/integer_ops/log_softmax.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic import gemmlowp
from pytflite.arithmetic.fixed_point import quantize_multiplier, rounding_divide_by_pot
from pytflite.arithmetic.libm import expf, logf
from pytflite.arithmetic.requantize import Requantizer
from pytflite.arithmetic.rounding import INT32_MAX, INT32_MIN
from pytflite.errors import InvokeError
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.softmax import DIFFERENCE_BITS, SUM_BITS, DifferenceScale, rows_shapes
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import LogSoftmaxOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.LOG_SOFTMAX, options=LogSoftmaxOptions)

OUTPUT_BITS = 4
"""Fraction bits of the output's scale."""

shapes = OP.shapes(rows_shapes)


class LogSoftmaxParams(NamedTuple):
    """What the integer rules are given.

    Attributes:
        scale: from differences of codes to fixed point.
        inverse: from fixed point to differences of codes.
        exps: int64 (256,), exp of how far a code is below the largest, raw values without integer bits.
    """

    scale: DifferenceScale
    inverse: Requantizer
    exps: Array


def params(node: Node) -> LogSoftmaxParams:
    """Both scales, and the exps."""
    output = node["output"]
    node.require(output.scale == 2.0**-OUTPUT_BITS, f"The scale of {output} must be 1/16.")
    node.require(output.zero_point == output.qmax, f"The zero point of {output} must be {output.qmax}.")
    scale = DifferenceScale.of(node, 1.0)
    inverse = node.fixed_point(*quantize_multiplier((1 << 31 - scale.shift) / scale.multiplier))
    return LogSoftmaxParams(scale, inverse, scale.exps())


@OP.rule("int8", "i8 -> i8", params=params)
@OP.rule("uint8", "u8 -> u8", params=params)
def define_fixed_point(input: Array, p: LogSoftmaxParams) -> Stages:
    """Differences minus the logarithm of the sum of their exps."""
    codes, out = input.astype(np.int64), np.iinfo(input.dtype)
    differences = codes - codes.max(-1, keepdims=True, initial=out.min)
    exps = p.exps[-differences]
    yield "exps", exps
    sums = rounding_divide_by_pot(exps, SUM_BITS).sum(-1, keepdims=True)
    if (sums > INT32_MAX).any():
        raise InvokeError("So many codes of a row are close to its largest that the sum of their exps overflows.")
    yield "sum", sums
    logs = gemmlowp.log(sums, DIFFERENCE_BITS, SUM_BITS)
    yield "log", logs
    lowest = np.maximum(p.scale.minimum - 1, p.inverse(logs + INT32_MIN))
    scaled = rounding_divide_by_pot(p.scale(differences) - logs, 31 - DIFFERENCE_BITS - OUTPUT_BITS)
    output = np.where(differences > lowest, np.clip(scaled + out.max, out.min, out.max), out.min)
    yield "output", output.astype(input.dtype)


class TableParams(NamedTuple):
    """What the rule with a float32 table is given.

    Attributes:
        input_scale: of the input.
        output_scale: of the output.
        exps: float32 (256,), exp of how far a code is below the largest.
    """

    input_scale: np.float32
    output_scale: np.float32
    exps: Array


def table_params(node: Node) -> TableParams:
    """Tabulate the exps (``PopulateSoftmaxLookupTable``, optimized_ops.h)."""
    params(node)
    input, output = node["input"], node["output"]
    return TableParams(input.scale, output.scale, expf(-input.scale * np.arange(256, dtype=np.float32)))


@OP.rule("float32_table", "T -> T", params=table_params, by_name=True, T="i8 u8")
def define_table(input: Array, p: TableParams) -> Stages:
    """Codes minus the logarithm of the sum of exps, in float32, ties to even (``LogSoftmax``, optimized_ops.h)."""
    codes, out = input.astype(np.int64), np.iinfo(input.dtype)
    largest = codes.max(-1, keepdims=True, initial=out.min)
    sums = np.add.accumulate(p.exps[largest - codes], axis=-1)[..., -1:]
    yield "sum", sums
    subtracted = (p.input_scale * largest.astype(np.float32) + logf(sums)) / p.output_scale
    scaled = p.input_scale / p.output_scale * codes.astype(np.float32) - subtracted
    yield "scaled", scaled
    yield "output", np.clip(np.rint(scaled) + out.max, out.min, out.max).astype(input.dtype)


@OP.rule("float32", "f32 -> f32")
def define_float(input: Array, p: None) -> Stages:
    """Differences minus the logarithm of the sum of their exps."""
    differences = input - input.max(-1, keepdims=True, initial=np.finfo(np.float32).min)
    sums = np.add.accumulate(expf(differences), axis=-1)[..., -1:]
    yield "sum", sums
    yield "output", differences - logf(sums)
