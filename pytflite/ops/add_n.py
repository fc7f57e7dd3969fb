"""ADD_N: the sum of any number of tensors, element by element.

inputs: two or more of one shape. output: the same shape.

From left to right. Integers wrap around; float32 sums are clamped to finite numbers one by one.

Source: ``add_n.cc``, ``AddN`` of ``optimized/optimized_ops.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.limits import highest, lowest
from pytflite.ops._api import Node, Op, Shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import AddNOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.ADD_N, "inputs*", "output", AddNOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """That of all inputs."""
    first, *others = node.all("inputs")
    node.require(others, "There must be at least 2 inputs.")
    for other in others:
        node.require(other.shape == first.shape, f"{other} must have the shape of {first}.")
    return [first.shape]


@OP.rule("float32", "f32 f32* -> f32")
@OP.rule("int32", "i32 i32* -> i32")
def define(inputs: tuple[Array, ...], p: None) -> Array:
    """One by one."""
    first, *others = inputs
    limits = lowest(first.dtype), highest(first.dtype)
    total = first
    for other in others:
        total = np.clip(total + other, *limits)
    return total


@OP.rule("float32_unlimited", "f32 f32* -> f32", by_name=True)
def define_unlimited(inputs: tuple[Array, ...], p: None) -> Array:
    """The same, where infinite sums stay infinite (``AddN``, reference/add_n.h)."""
    return sum(inputs[1:], start=inputs[0])
