"""AVERAGE_POOL_2D: the mean of the elements that a window shows.

input: (batch, height, width, channels). output: (batch, output height, output width, channels), quantized as the input.
Pixels outside of the image count neither in the sum nor in the number of elements; then the clamp of the fused
activation.

Float32: elements are added one by one in row-major order. Integers: an int32 sum of the codes, zero points and all,
divided by their number, halves rounded away from zero.

Source: ``pooling.cc``, ``reference/pooling.h``, ``reference/integer_ops/pooling.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.rounding import divide_toward_zero
from pytflite.ops._api import Op
from pytflite.ops._shared.pooling import PoolParams, accumulate, clamp, pool_params, pool_shapes
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import Pool2DOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.AVERAGE_POOL_2D, "input", "output", Pool2DOptions)

shapes = OP.shapes(pool_shapes)


@OP.rule("integer", "T -> T", params=pool_params, T="i8 u8 i16")
def define(input: Array, p: PoolParams) -> Stages:
    """Add, divide, round."""
    accumulator, count = accumulate(input, p, np.int32)
    yield "accumulator", accumulator
    half = np.where(accumulator > 0, count // 2, -(count // 2))
    average = divide_toward_zero(accumulator + half, count)
    yield "average", average
    yield "output", clamp(average, p, input.dtype)


@OP.rule("float32", "f32 -> f32", params=pool_params)
def define_float(input: Array, p: PoolParams) -> Stages:
    """Add one by one, divide."""
    accumulator, count = accumulate(input, p, np.float32)
    yield "accumulator", accumulator
    average = accumulator / count.astype(np.float32)
    yield "average", average
    yield "output", clamp(average, p, input.dtype)
