"""RELU_N1_TO_1: clamp to [-1, 1].

input: any shape. output: the same shape.

int8, uint8: the input without its zero point, one multiplier, the output zero point, the clamp. float32: the
clamp; NaN and minus 0 pass.

Source: ``activations.cc``, ``reference/reference_ops.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy.typing as npt

from pytflite.ops._api import Op
from pytflite.ops._shared.activations import ClampParams, clamp_float, clamp_params, clamp_quantized, same_shape
from pytflite.ops._shared.lookup import tabulated
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.RELU_N1_TO_1)


shapes = OP.shapes(same_shape)


params = clamp_params("RELU_N1_TO_1")


@OP.rule("int8", "i8 -> i8", params=tabulated(params), kernel="lookup")
@OP.rule("uint8", "u8 -> u8", params=tabulated(params), kernel="lookup")
def define_quantized(input: Array, p: ClampParams) -> Stages:
    """To the output's scale, then the clamp."""
    yield from clamp_quantized(input, p)


@OP.rule("float32", "f32 -> f32")
def define_float(input: Array, p: None) -> Array:
    """The clamp."""
    return clamp_float(input, "RELU_N1_TO_1")
