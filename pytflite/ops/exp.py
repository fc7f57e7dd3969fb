"""EXP: e raised to the power of a number.

input: any shape. output: the same shape.

int8: a table of 256 entries, computed in float32. int16: a table with an entry every 128 codes, interpolated. float32:
the C library's ``expf``.

Source: ``exp.cc``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy.typing as npt

from pytflite.arithmetic.libm import expf
from pytflite.arithmetic.tables import CodeTable, interpolate
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.activations import require_symmetric, same_shape
from pytflite.ops._shared.lookup import interpolation_params, look_up, table_params
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ExpOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.EXP, options=ExpOptions)

shapes = OP.shapes(same_shape)


@OP.rule("int8", "i8 -> i8", params=table_params(expf), kernel="lookup")
def define_table(input: Array, p: CodeTable) -> Stages:
    """Look it up."""
    yield from look_up(input, p)


def int16_params(node: Node) -> Array:
    """The table."""
    require_symmetric(node)
    return interpolation_params(expf)(node)


@OP.rule("int16", "i16 -> i16", params=int16_params)
def define_int16(input: Array, p: Array) -> Array:
    """Interpolate."""
    return interpolate(input, p)


@OP.rule("float32", "f32 -> f32")
def define_float(input: Array, p: None) -> Array:
    """In float32."""
    return expf(input)
