"""CUMSUM: sums of all elements up to each one, along an axis.

input: one dimension or more. axis: int32, one element, may be negative. output: the input's shape.

Options: ``exclusive`` leaves the element itself out, ``reverse`` sums from the end. Elements are added one by one to 0;
integers wrap around.

Source: ``cumsum.cc``, ``CumSum`` of ``optimized/optimized_ops.h``.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.errors import InvokeError
from pytflite.ops._api import Node, Op, Shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import CumsumOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.CUMSUM, "input axis", "output", CumsumOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """That of the input."""
    input, axis = node["input"], node["axis"]
    node.require(input.shape, f"{input} must have at least one dimension.")
    node.require(prod(axis.shape) == 1, f"{axis} must have one element.")
    return [input.shape]


class CumsumParams(NamedTuple):
    """The options.

    Attributes:
        exclusive: whether an element's sum is without it.
        reverse: whether to start at the end.
    """

    exclusive: bool
    reverse: bool


def params(node: Node) -> CumsumParams:
    """The options."""
    return CumsumParams(bool(node.options.exclusive), bool(node.options.reverse))


@OP.rule("sequential", "T i32 -> T", params=params, T="i32 i64 f32")
def define(input: Array, axis: Array, p: CumsumParams) -> Array:
    """From 0 onward."""
    along = int(axis.item())
    if not -input.ndim <= along < input.ndim:
        raise InvokeError(f"Axis {along} is not in the range [{-input.ndim}, {input.ndim}).")
    elements = np.moveaxis(input, along, -1)
    if p.reverse:
        elements = elements[..., ::-1]
    zeros = np.zeros((*elements.shape[:-1], 1), input.dtype)
    sums = np.add.accumulate(np.concatenate([zeros, elements], axis=-1), axis=-1, dtype=input.dtype)
    sums = sums[..., :-1] if p.exclusive else sums[..., 1:]
    if p.reverse:
        sums = sums[..., ::-1]
    return np.ascontiguousarray(np.moveaxis(sums, -1, along))
