"""REDUCE_MAX: the largest element along axes.

input: any shape. axis: int32, any number of axes, negative ones counted from the back. output: the input without these
axes, or with 1 in their place (keep_dims), quantized as the input.

Float32: of equal zeros the first is taken. A NaN does not count, and -inf counts as the lowest finite float; but
where all axes are reduced, a NaN in front stays, and infinities count as they are.

Source: ``reduce.cc``, ``reference/reduce.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.limits import lowest
from pytflite.ops._api import Op
from pytflite.ops._shared.extremes import first_largest_unless_nan
from pytflite.ops._shared.reduction import Reduction, reduce, reduced_shapes, select, selection_of
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ReducerOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.REDUCE_MAX, "input axis", "output", ReducerOptions)

shapes = OP.shapes(reduced_shapes)


@OP.rule("integer", "T i32 -> T", params=selection_of, T="u8 i8 i16 i32 i64 b")
def define(input: Array, axis: Array, p: Reduction) -> Array:
    """The largest."""
    return reduce(np.maximum, input, p, lowest(input.dtype))


@OP.rule("float32", "f32 i32 -> f32", params=selection_of)
def define_float(input: Array, axis: Array, p: Reduction) -> Array:
    """The first of the largest."""
    return select(first_largest_unless_nan, input, p, lowest(input.dtype))
