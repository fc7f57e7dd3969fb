"""PACK: tensors of one shape stacked along a new axis.

inputs: ``values_count`` tensors. output: of a rank higher by one; its ``axis`` counts the inputs.

Source: ``pack.cc``, ``reference/reference_ops.h`` (Pack).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import axis_of, require_same_quantization
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import PackOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.PACK, "input*", "output", PackOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The inputs' shape with their number at the axis."""
    inputs, count = node.all("input"), node.options.values_count
    node.require(len(inputs) == count > 0, f"values_count is {count}, inputs are {len(inputs)}.")
    shape = inputs[0].shape
    for input in inputs:
        node.require(input.shape == shape, f"{input} must have the shape of {inputs[0]}.")
    require_same_quantization(node, node["output"], *inputs)
    axis = axis_to_stack(node)
    return [(*shape[:axis], count, *shape[axis:])]


def axis_to_stack(node: Node) -> int:
    """The axis of the output, counted from the front."""
    return axis_of(node, node.options.axis, len(node.all("input")[0].shape) + 1)


@OP.rule("copy", "T* -> T", params=axis_to_stack, T="f32 u8 i8 i16 i32 u32 i64")
def define(inputs: tuple[Array, ...], p: int) -> Array:
    """One after the other along the axis."""
    return np.stack(inputs, p)
