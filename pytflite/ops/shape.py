"""SHAPE: the sizes of a tensor.

input: any. output: (rank) int32 or int64, as ``out_type`` says.

Source: ``shape.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.types import ANY
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ShapeOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.SHAPE, "input", "output", ShapeOptions, shape_only=True)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """One element for each dimension."""
    output, wanted = node["output"], node.options.out_type
    node.require(output.tensor.type == wanted, f"{output} must have the out_type of the options, {wanted.name}.")
    return [(len(node["input"].shape),)]


def params(node: Node) -> np.dtype[Any]:
    """The output's type."""
    return node["output"].dtype


@OP.rule("sizes", "T -> O", params=params, T=ANY, O="i32 i64")
def define(input: Array, p: np.dtype[Any]) -> Array:
    """Nothing but the shape is looked at."""
    return np.array(input.shape, p)
