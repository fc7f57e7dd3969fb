"""REDUCE_ANY: whether any element along axes is true.

input: bool, any shape. axis: int32, any number of axes, negative ones counted from the back. output: the input without
these axes, or with 1 in their place (keep_dims).

Source: ``reduce.cc``, ``reference/reduce.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Op
from pytflite.ops._shared.reduction import Reduction, reduce, reduced_shapes, reduction_of
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ReducerOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.REDUCE_ANY, "input axis", "output", ReducerOptions)

shapes = OP.shapes(reduced_shapes)


@OP.rule("bool", "b i32 -> b", params=reduction_of)
def define(input: Array, axis: Array, p: Reduction) -> Array:
    """Whether any."""
    return reduce(np.logical_or, input, p, False)
