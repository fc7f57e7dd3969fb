"""ABS: the magnitude of a number.

input: any shape. output: the same shape.

int8, int16: the magnitude of the input without its zero point, one multiplier, the output zero point. int16 without
quantization, int32, float32: the magnitude; that of the lowest integer wraps around.

Source: ``elementwise.cc``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Op
from pytflite.ops._shared.activations import ClampParams, clamp_params, same_shape
from pytflite.ops._shared.elementwise import is_unquantized
from pytflite.ops._shared.lookup import tabulated
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import AbsOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.ABS, options=AbsOptions)

shapes = OP.shapes(same_shape)

params = clamp_params("NONE")


@OP.rule("int8", "i8 -> i8", params=tabulated(params), kernel="lookup")
@OP.rule("int16", "i16 -> i16", params=params)
def define_quantized(input: Array, p: ClampParams) -> Stages:
    """The magnitude, to the output's scale."""
    yield from p.epilogue.stages(np.abs(input.astype(np.int64) + p.input_offset), input.dtype)


@OP.rule("plain", "T -> T", T="i32 f32")
@OP.rule("int16_plain", "i16 -> i16", when=is_unquantized)
def define(input: Array, p: None) -> Array:
    """The magnitude."""
    return np.abs(input)
