"""ELU: numbers below 0 become ``exp(x) - 1``.

input: any shape. output: the same shape.

int8: a table of 256 entries, computed in float32. float32: the C library's ``expm1f``.

Source: ``activations.cc``, ``reference/elu.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.libm import expm1f
from pytflite.arithmetic.rounding import round_half_away
from pytflite.arithmetic.tables import CodeTable
from pytflite.ops._api import Op
from pytflite.ops._shared.activations import same_shape
from pytflite.ops._shared.lookup import look_up, shifted_table_params, table_params
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.ELU)

shapes = OP.shapes(same_shape)


def elu(x: Array) -> Array:
    """In float32."""
    return np.where(x < 0, expm1f(x), x)


half_even_params = shifted_table_params(elu, np.rint)
half_away_params = shifted_table_params(elu, round_half_away)


@OP.rule("int8", "i8 -> i8", params=table_params(elu), kernel="lookup")
@OP.rule("half_even_table", "i8 -> i8", params=half_even_params, kernel="lookup", by_name=True)
@OP.rule("half_away_table", "i8 -> i8", params=half_away_params, kernel="lookup", by_name=True)
def define_table(input: Array, p: CodeTable) -> Stages:
    """Look it up."""
    yield from look_up(input, p)


@OP.rule("float32", "f32 -> f32")
def define_float(input: Array, p: None) -> Array:
    """The function."""
    return elu(input)
