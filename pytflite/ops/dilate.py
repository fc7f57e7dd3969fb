"""DILATE: a tensor with gaps between its elements.

input: rank from 1. dilations: (rank) int32, steps from one element to the next, at least 1. padding_value:
what fills the gaps, the first element counts. output: each size minus 1, times the dilation, plus 1; an empty input
cannot have gaps.

Source: ``dilate.cc``.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import integers
from pytflite.ops._shared.types import WHOLE
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import DilateOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.DILATE, "input dilations padding_value", "output", DilateOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The sizes with gaps."""
    input, dilations, padding_value = node["input"], node["dilations"], node["padding_value"]
    node.require(input.shape, f"{input} must have at least 1 dimension.")
    node.require(
        dilations.shape == (len(input.shape),), f"{dilations} must be a vector of {len(input.shape)} elements."
    )
    node.require(prod(padding_value.shape) > 0, f"{padding_value} must have an element.")
    steps = integers(node, "dilations")
    node.require(min(steps) >= 1, f"{dilations} must be at least 1.")
    node.require(0 not in input.shape or max(steps) == 1, f"{input} must have no size 0, or no gaps.")
    return [tuple((size - 1) * step + 1 for size, step in zip(input.shape, steps, strict=True))]


def params(node: Node) -> Shape:
    """The output's shape."""
    return node["output"].shape


@OP.rule("copy", "T i32 T -> T", params=params, T=WHOLE)
def define(input: Array, dilations: Array, padding_value: Array, p: Shape) -> Array:
    """Fill, then overwrite every so many elements."""
    output = np.full(p, padding_value.reshape(-1)[0], input.dtype)
    output[tuple(slice(None, None, step) for step in dilations)] = input
    return output
