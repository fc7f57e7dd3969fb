"""L2_POOL_2D: the root mean square of the elements that a window shows.

input: (batch, height, width, channels). output: (batch, output height, output width, channels). Pixels outside of the
image count neither in the sum nor in the number of elements. Squares are added one by one in row-major order; then the
clamp of the fused activation.

Source: ``pooling.cc``, ``reference/pooling.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Op
from pytflite.ops._shared.pooling import PoolParams, accumulate, clamp, pool_params, pool_shapes
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import Pool2DOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.L2_POOL_2D, "input", "output", Pool2DOptions)

shapes = OP.shapes(pool_shapes)


@OP.rule("float32", "f32 -> f32", params=pool_params)
def define(input: Array, p: PoolParams) -> Stages:
    """Square, add one by one, divide, take the root."""
    accumulator, count = accumulate(input * input, p, np.float32)
    yield "accumulator", accumulator
    length = np.sqrt(accumulator / count.astype(np.float32))
    yield "length", length
    yield "output", clamp(length, p, input.dtype)
