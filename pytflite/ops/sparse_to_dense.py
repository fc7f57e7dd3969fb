"""SPARSE_TO_DENSE: a tensor of one value but for some places.

indices: (count, rank) integers, up to 4 coordinates; (count) or one alone where the output has one dimension.
output_shape: (rank) integers. values: (count), or one for all places. default_value: one element. Where a place is
given twice, the last value stays.

Source: ``sparse_to_dense.cc``, ``reference/reference_ops.h`` (SparseToDense).
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import InvokeError
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import integers
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SparseToDenseOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.SPARSE_TO_DENSE, "indices output_shape values default_value", "output", SparseToDenseOptions)

MAX_RANK = 4


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The wanted shape."""
    indices, output_shape, values = node["indices"], node["output_shape"], node["values"]
    node.require(len(indices.shape) < 3, f"{indices} must have at most 2 dimensions.")
    node.require(len(output_shape.shape) == 1, f"{output_shape} must be a vector.")
    count, rank = indices.shape if len(indices.shape) == 2 else (prod(indices.shape), 1)
    node.require(output_shape.shape == (rank,), f"{output_shape} must have {rank} elements, as many as coordinates.")
    node.require(rank <= MAX_RANK, f"{indices} gives {rank} coordinates, at most {MAX_RANK} accepted.")
    node.require(values.shape in ((), (count,)), f"{values} must be a scalar or a vector of {count} elements.")
    node.require(prod(node["default_value"].shape) == 1, f"{node['default_value']} must have one element.")
    wanted = integers(node, "output_shape")
    node.require(min(wanted, default=0) >= 0, f"{output_shape} holds negative sizes.")
    return [wanted]


def params(node: Node) -> Shape:
    """The output's shape."""
    return node["output"].shape


@OP.rule("copy", "I S T T -> T", params=params, T="f32 i32 i64 i8 u8", I="i32 i64", S="i32 i64")
def define(indices: Array, output_shape: Array, values: Array, default_value: Array, p: Shape) -> Array:
    """Fill, then overwrite the places."""
    places = indices if indices.ndim == 2 else indices.reshape(-1, 1)
    if ((places < 0) | (places >= np.array(p, np.int64))).any():
        raise InvokeError(f"Indices must be in the shape {list(p)}.")
    output = np.full((1, *p), default_value.reshape(()), values.dtype)
    output[(np.zeros(len(places), int), *places.T)] = values
    return output.reshape(p)
