"""UNPACK: the slices of a tensor along one axis, which they lose.

input: any with elements. outputs: ``num`` tensors of rank one less, as many as the size of ``axis``.

Source: ``unpack.cc``, ``reference/reference_ops.h`` (Unpack).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import axis_of, require_same_quantization
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import UnpackOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.UNPACK, "input", "output*", UnpackOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The input's shape without the axis."""
    input, outputs, count = node["input"], node.all("output"), node.options.num
    node.require(0 not in input.shape, f"{input} must have elements.")
    axis = axis_to_split(node)
    node.require(
        len(outputs) == count == input.shape[axis],
        f"num is {count}, outputs are {len(outputs)}, where axis {axis} of {input} has the size {input.shape[axis]}.",
    )
    require_same_quantization(node, input, *outputs)
    return [input.shape[:axis] + input.shape[axis + 1 :]] * count


def axis_to_split(node: Node) -> int:
    """The axis of the input, counted from the front."""
    return axis_of(node, node.options.axis, len(node["input"].shape))


@OP.rule("copy", "T -> T*", params=axis_to_split, T="f32 f16 bf16 u8 i8 i16 i32 b")
def define(input: Array, p: int) -> tuple[Array, ...]:
    """Each slice is a copy."""
    return tuple(part.copy() for part in np.moveaxis(input, p, 0))
