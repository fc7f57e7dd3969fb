"""SLICE: a box cut out of a tensor.

input: any. begin, size: (rank) integers; a size of -1 reaches to the end. output: of shape size.

Source: ``slice.cc``, ``reference/slice.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import InvokeError
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import integers
from pytflite.ops._shared.types import FIXED
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SliceOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.SLICE, "input begin size", "output", SliceOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The sizes; begin is only looked at where one of them is -1."""
    input, begin, size = node["input"], node["begin"], node["size"]
    rank = len(input.shape)
    for spec in (begin, size):
        node.require(spec.shape == (rank,), f"{spec} must have {rank} elements, one for each axis of {input}.")
    sizes = integers(node, "size")
    node.require(min(sizes, default=0) >= -1, f"{size} must be -1 or more, not {list(sizes)}.")
    if -1 in sizes:
        rest = [extent - start for extent, start in zip(input.shape, integers(node, "begin"), strict=True)]
        sizes = tuple(rest[axis] if wanted == -1 else wanted for axis, wanted in enumerate(sizes))
        node.require(min(sizes) >= 0, f"{begin} lies beyond {input}.")
    return [sizes]


def params(node: Node) -> Shape:
    """The output shape."""
    return node["output"].shape


@OP.rule("copy", "T I I -> T", params=params, T=f"{FIXED} i4 str", I="i32 i64")
def define(input: Array, begin: Array, size: Array, p: Shape) -> Array:
    """The box from begin on."""
    starts = [int(start) for start in begin]
    for axis, (start, wanted) in enumerate(zip(starts, p, strict=True)):
        if start < 0 or start + wanted > input.shape[axis]:
            raise InvokeError(f"begin {start} and size {wanted} reach out of axis {axis} of {input.shape[axis]}.")
    box: tuple[Any, ...] = tuple(slice(start, start + wanted) for start, wanted in zip(starts, p, strict=True))
    return np.array(input[box])
