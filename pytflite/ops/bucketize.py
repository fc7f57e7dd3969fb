"""BUCKETIZE: between which of the given boundaries a number lies.

input: any shape. output: int32, the same shape: how many boundaries are not above the element.

The boundaries are an option. Integers are compared as float32, NaN is above all boundaries.

Source: ``bucketize.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op
from pytflite.ops._shared.activations import same_shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import BucketizeOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.BUCKETIZE, options=BucketizeOptions)

shapes = OP.shapes(same_shape)


def params(node: Node) -> Array:
    """The boundaries."""
    boundaries = np.array(node.options.boundaries, np.float32)
    node.require(boundaries.size, "There are no boundaries.")
    node.require((boundaries[1:] >= boundaries[:-1]).all(), "The boundaries must be sorted.")
    return boundaries


@OP.rule("integer", "I -> i32", params=params, I="i32 i64")
def define_integer(input: Array, p: Array) -> Array:
    """As float32."""
    return bucketize(input.astype(np.float32), p)


@OP.rule("float", "F -> i32", params=params, F="f32 f64")
def define_float(input: Array, p: Array) -> Array:
    """As it is."""
    return bucketize(input, p)


def bucketize(values: Array, boundaries: Array) -> Array:
    """How many boundaries are not above each value."""
    return np.asarray(np.searchsorted(boundaries, values, side="right")).astype(np.int32)
