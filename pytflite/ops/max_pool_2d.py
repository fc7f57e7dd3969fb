"""MAX_POOL_2D: the largest element that a window shows.

input: (batch, height, width, channels). output: (batch, output height, output width, channels), quantized as the input.
Pixels outside of the image do not count; then the clamp of the fused activation.

Float32: -inf counts as the lowest finite float, a NaN not at all. Of equal zeros the first is taken.

Source: ``pooling.cc``, ``reference/pooling.h``, ``reference/integer_ops/pooling.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.limits import lowest
from pytflite.ops._api import Op
from pytflite.ops._shared.pooling import PoolParams, clamp, pool_params, pool_shapes, pooled
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import Pool2DOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.MAX_POOL_2D, "input", "output", Pool2DOptions)

shapes = OP.shapes(pool_shapes)


@OP.rule("integer", "T -> T", params=pool_params, T="i8 u8 i16")
@OP.rule("float32", "f32 -> f32", params=pool_params)
def define(input: Array, p: PoolParams) -> Stages:
    """Replace the largest so far by what is larger, tap by tap."""
    largest, taps = pooled(input, p, lowest(input.dtype), input.dtype)
    for tap in taps:
        seen, so_far = input[tap.pixels], largest[tap.positions]
        np.copyto(so_far, seen, where=seen > so_far)
    yield "largest", largest
    yield "output", clamp(largest, p, input.dtype)
