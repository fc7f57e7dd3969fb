"""FILL: a tensor of one value.

dims: integer vector, the output's shape. value: a scalar, quantized as the output is.

Source: ``fill.cc``, ``reference/fill.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import integers, require_same_quantization
from pytflite.ops._shared.types import FIXED
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import FillOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.FILL, "dims value", "output", FillOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The wanted shape."""
    dims, value = node["dims"], node["value"]
    node.require(len(dims.shape) == 1, f"{dims} must be a vector.")
    node.require(value.shape == (), f"{value} must be a scalar.")
    require_same_quantization(node, node["output"], value)
    node.require(value.letter != "i16" or value.zero_point == 0, f"The zero point of {value} must be 0.")
    wanted = integers(node, "dims")
    node.require(min(wanted, default=0) >= 0, f"{dims} must not be negative.")
    return [wanted]


def params(node: Node) -> Shape:
    """The output shape."""
    return node["output"].shape


@OP.rule("copy", "D T -> T", params=params, D="i32 i64", T=f"{FIXED} str")
def define(dims: Array, value: Array, p: Shape) -> Array:
    """The value everywhere."""
    return np.full(p, value)
