"""Vectors of float32 through functions as Eigen approximates them (`pytflite.arithmetic.eigen`), and activations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pytflite.arithmetic.activation import BOUNDS
from pytflite.arithmetic.eigen import (
    EXP_EVEN,
    EXP_ODD,
    LN_2_HIGH,
    LN_2_LOW,
    LOG2_E,
    LOGISTIC_END,
    LOGISTIC_START,
    TANH_DENOMINATOR,
    TANH_END,
    TANH_NUMERATOR,
)
from pytflite.kernels.engine._ir import call, constant, i32, vector
from pytflite.kernels.engine.float_vectors import floats
from pytflite.kernels.engine.target import FLOATS
from pytflite.kernels.engine.words import ACTIVATIONS

integers = vector(i32, FLOATS)


def number(x: float) -> Any:
    """A float32 in all lanes."""
    return constant(floats, float(np.float32(x)))


def within(b: Any, x: Any, low: float | None, high: float | None) -> Any:
    """Not below and not above two numbers, where there are such; NaN passes."""
    for limit, outside in ((low, "<"), (high, ">")):
        if limit is not None:
            x = b.select(b.fcmp_ordered(outside, x, number(limit)), number(limit), x)
    return x


def polynomial(b: Any, coefficients: Sequence[float], x: Any) -> Any:
    """From its highest power downward."""
    value = number(coefficients[0])
    for coefficient in coefficients[1:]:
        value = b.fadd(b.fmul(value, x), number(coefficient))
    return value


def tanh(b: Any, x: Any) -> Any:
    """`arithmetic.eigen.tanh`."""
    x = within(b, x, -TANH_END, TANH_END)
    square = b.fmul(x, x)
    numerator = b.fadd(b.fmul(b.fmul(square, x), polynomial(b, TANH_NUMERATOR, square)), x)
    return b.fdiv(numerator, polynomial(b, TANH_DENOMINATOR, square))


def logistic(b: Any, x: Any) -> Any:
    """`arithmetic.eigen.logistic` of numbers in packets."""
    one = number(1)
    half = b.fmul(within(b, x, None, LOGISTIC_END), number(0.5))
    power = call(b, f"llvm.floor.v{FLOATS}f32", floats, [b.fadd(b.fmul(half, number(LOG2_E)), number(0.5))])
    rest = b.fadd(b.fmul(power, number(-LN_2_HIGH)), half)
    rest = b.fadd(b.fmul(power, number(-LN_2_LOW)), rest)
    square = b.fmul(rest, rest)
    series = b.fadd(b.fmul(rest, polynomial(b, EXP_ODD, square)), polynomial(b, EXP_EVEN, square))
    series = b.fadd(b.fmul(square, series), b.fadd(rest, one))
    exponent = b.shl(b.add(b.fptosi(power, integers), constant(integers, 127)), constant(integers, 23))
    root = b.fmul(series, b.bitcast(exponent, floats))
    exponential = b.fmul(root, root)
    result = b.fdiv(exponential, b.fadd(one, exponential))
    result = b.select(b.fcmp_ordered("<", x, number(LOGISTIC_START)), number(0), result)
    return b.select(b.fcmp_unordered("uno", x, x), x, result)


def activate(b: Any, x: Any, activation: int) -> Any:
    """`arithmetic.hybrid.activate`; the activation is an index into `words.ACTIVATIONS`."""
    name = ACTIVATIONS[activation]
    if name == "NONE":
        return x
    if name == "TANH":
        return tanh(b, x)
    if name == "SIGN_BIT":
        return b.uitofp(b.lshr(b.bitcast(x, integers), constant(integers, 31)), floats)
    low, high = (number(limit) for limit in BOUNDS[name])
    capped = b.select(b.fcmp_ordered("<", high, x), high, x)
    return b.select(b.fcmp_ordered("<", low, capped), capped, low)
