"""ATAN2: the angle of a point seen from the origin.

y, x: the point's coordinates, of one shape. output: the same shape, radians.

The C library's ``atan2f``, for float64 ``atan2``; float16 and bfloat16 go through float32.

Source: ``atan2.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.bfloat16 import bfloat16_to_float32, float32_to_bfloat16
from pytflite.arithmetic.libm import atan2, atan2f
from pytflite.ops._api import Node, Op, Shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ATan2Options

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.ATAN2, "y x", "output", ATan2Options)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """That of both inputs."""
    y, x = node["y"], node["x"]
    node.require(y.shape == x.shape, f"{x} must have the shape of {y}.")
    return [y.shape]


@OP.rule("float32", "f32 f32 -> f32")
@OP.rule("float16", "f16 f16 -> f16")
def define(y: Array, x: Array, p: None) -> Array:
    """In float32."""
    return atan2f(y.astype(np.float32), x.astype(np.float32)).astype(y.dtype)


@OP.rule("float64", "f64 f64 -> f64")
def define_float64(y: Array, x: Array, p: None) -> Array:
    """In float64."""
    return atan2(y, x)


@OP.rule("bfloat16", "bf16 bf16 -> bf16")
def define_bfloat16(y: Array, x: Array, p: None) -> Array:
    """In float32."""
    return float32_to_bfloat16(atan2f(bfloat16_to_float32(y), bfloat16_to_float32(x)))
