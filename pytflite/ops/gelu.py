"""GELU: ``x`` times the probability that a normal variable is below ``x``.

input: any shape. output: the same shape.

Exactly, ``x / 2 * erfc(-x / sqrt(2))``; where the options ask for it approximately, with ``tanh(sqrt(2 / pi) * (x +
0.044715 * x**3))`` in place of the error function. int8, uint8: a table of 256 entries, computed in float32 with the C
library's functions. int16: a table with an entry every 128 codes, interpolated. float32: Eigen's functions; float16
rounds after every step.

Source: ``activations.cc``, ``reference/gelu.h``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic import eigen
from pytflite.arithmetic.libm import erfcf, tanhf
from pytflite.arithmetic.tables import CodeTable, interpolate
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.activations import same_shape
from pytflite.ops._shared.lookup import interpolation_params, look_up, table_params
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import GeluOptions

Array = npt.NDArray[Any]
Function = Callable[[Array], Array]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.GELU, options=GeluOptions)

shapes = OP.shapes(same_shape)


def by_erfc(x: Array, erfc: Function) -> Array:
    """The first formula, in the type of ``x``."""
    real = x.dtype.type
    return np.asarray(real(0.5) * x * erfc(x * real(-math.sqrt(0.5))))


def by_tanh(x: Array, third_power: Array, tanh: Function) -> Array:
    """The second formula, in the type of ``x``, given ``0.044715 * x**3``."""
    real = x.dtype.type
    return np.asarray(real(0.5) * x * (real(1) + tanh(real(np.float32(math.sqrt(2 / math.pi))) * (x + third_power))))


def tabulated(x: Array) -> Array:
    """What tables hold."""
    return by_erfc(x, erfcf)


def tabulated_approximately(x: Array) -> Array:
    """What tables of the approximation hold."""
    return by_tanh(x, np.float32(0.044715) * x * x * x, tanhf)


def params(node: Node) -> CodeTable:
    """The table of 8-bit codes."""
    return table_params(tabulated_approximately if node.options.approximate else tabulated)(node)


@OP.rule("int8", "i8 -> i8", params=params, kernel="lookup")
@OP.rule("uint8", "u8 -> u8", params=params, kernel="lookup")
def define_table(input: Array, p: CodeTable) -> Stages:
    """Look it up."""
    yield from look_up(input, p)


def int16_params(node: Node) -> Array:
    """The table of int16."""
    return interpolation_params(tabulated_approximately if node.options.approximate else tabulated)(node)


@OP.rule("int16", "i16 -> i16", params=int16_params)
def define_int16(input: Array, p: Array) -> Array:
    """Interpolate."""
    return interpolate(input, p)


def approximate(node: Node) -> bool:
    """The option."""
    return bool(node.options.approximate)


@OP.rule("float32", "f32 -> f32", params=approximate)
def define_float32(input: Array, p: bool) -> Array:
    """In packets."""
    x = input.ravel()
    output = by_tanh(x, third_power(x), eigen.tanh) if p else by_erfc(x, eigen.erfc)
    return output.reshape(input.shape)


@OP.rule("float16", "f16 -> f16", params=approximate)
def define_float16(input: Array, p: bool) -> Array:
    """One by one."""
    if p:
        return by_tanh(input, third_power(input), through_float32(eigen.tanh))
    return by_erfc(input, through_float32(eigen.erfc_of_numbers))


def third_power(x: Array) -> Array:
    """``0.044715 * x**3`` in the type of ``x``."""
    return np.asarray(x.dtype.type(0.044715) * (x * x * x))


def through_float32(function: Function) -> Function:
    """A function of float32 for float16."""
    return lambda x: function(x.astype(np.float32)).astype(np.float16)
