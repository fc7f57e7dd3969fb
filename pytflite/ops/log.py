"""LOG: the natural logarithm.

input: any shape. output: the same shape.

int8: a table of 256 entries, computed in float32. int16: a table with an entry every 128 codes, interpolated. Both give
the lowest number that the output can hold for numbers that have no logarithm. float32: the C library's ``logf``.

Source: ``elementwise.cc``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.libm import logf
from pytflite.arithmetic.tables import CodeTable, interpolate
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.activations import require_symmetric, same_shape
from pytflite.ops._shared.lookup import interpolation_params, look_up, table_params
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.LOG)

shapes = OP.shapes(same_shape)


def logarithm(node: Node) -> Callable[[Array], Array]:
    """The function for quantized numbers."""
    output = node["output"]
    lowest = np.float32(output.qmin - output.zero_point) * output.scale
    return lambda x: np.where(x <= 0, lowest, logf(x))


def params(node: Node) -> CodeTable:
    """The table of int8."""
    return table_params(logarithm(node))(node)


@OP.rule("int8", "i8 -> i8", params=params, kernel="lookup")
def define_table(input: Array, p: CodeTable) -> Stages:
    """Look it up."""
    yield from look_up(input, p)


def int16_params(node: Node) -> Array:
    """The table of int16."""
    require_symmetric(node)
    return interpolation_params(logarithm(node))(node)


@OP.rule("int16", "i16 -> i16", params=int16_params)
def define_int16(input: Array, p: Array) -> Array:
    """Interpolate."""
    return interpolate(input, p)


@OP.rule("float32", "f32 -> f32")
def define_float(input: Array, p: None) -> Array:
    """In float32."""
    return logf(input)
