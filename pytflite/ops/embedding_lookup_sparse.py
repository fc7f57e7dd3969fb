"""EMBEDDING_LOOKUP_SPARSE: weighted rows of a table, added up.

ids: (wanted) int32, which rows. indices: (wanted, rank) int32, where in a sparse tensor the id is. dense_shape: (rank)
int32, the shape of that tensor. weights: (wanted) float32. value: (rows, ...) float32. output: the first ``rank - 1``
sizes of the sparse tensor, then those of a row.

Rows for the same place, in all but the last coordinate, are added in float32; zeros elsewhere. Combiner MEAN divides a
run of them by the sum of its weights, SQRTN by the root of the sum of their squares. A place that comes up again later
is added to and divided again. Places outside are left out by SUM, and refused by the others.

Source: ``embedding_lookup_sparse.cc``.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.errors import InvokeError
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import integers
from pytflite.schema.enums import BuiltinOperator, CombinerType
from pytflite.schema.tables import EmbeddingLookupSparseOptions

Array = npt.NDArray[Any]

OP = Op(
    BuiltinOperator.EMBEDDING_LOOKUP_SPARSE,
    "ids indices dense_shape weights value",
    "output",
    EmbeddingLookupSparseOptions,
)


class SparseParams(NamedTuple):
    """What is made of the rows.

    Attributes:
        combiner: what sums are divided by.
        shape: of the output.
    """

    combiner: CombinerType
    shape: Shape


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """Those of the sparse tensor but for its last one, then those of a row."""
    ids, indices, dense_shape, weights, value = (node[role.name] for role in OP.input_roles)
    node.require(len(ids.shape) == 1, f"{ids} must be a vector.")
    node.require(
        len(indices.shape) == 2 and indices.shape[0] == ids.shape[0] and indices.shape[1] > 0,
        f"{indices} must have {ids.shape[0]} rows of at least one coordinate.",
    )
    node.require(
        dense_shape.shape == indices.shape[1:], f"{dense_shape} must be a vector of {indices.shape[1]} elements."
    )
    node.require(weights.shape == ids.shape, f"{weights} must be a vector of {ids.shape[0]} elements.")
    node.require(len(value.shape) >= 2, f"{value} must have at least 2 dimensions.")
    sizes = integers(node, "dense_shape")[:-1]
    node.require(min(sizes, default=0) >= 0, f"{dense_shape} holds negative sizes.")
    return [(*sizes, *value.shape[1:])]


def params(node: Node) -> SparseParams:
    """What is made of the rows."""
    return SparseParams(node.options.combiner, node["output"].shape)


@OP.rule("float32", "i32 i32 i32 f32 f32 -> f32", params=params)
def define(ids: Array, indices: Array, dense_shape: Array, weights: Array, value: Array, p: SparseParams) -> Array:
    """One row after the other; a run of rows for the same place ends with its division."""
    if ids.size and not 0 <= ids.min() <= ids.max() < len(value):
        raise InvokeError(f"Embedding Lookup Sparse: index out of bounds: ids must be in [0, {len(value)}).")
    sizes, inner = dense_shape[:-1], value.shape[1:]
    rows = np.zeros((np.prod(sizes, dtype=np.int64), *inner), np.float32)
    places = indices[:, :-1].astype(np.int64) @ strides(sizes)
    inside = (places >= 0) & (places < len(rows))
    if p.combiner != CombinerType.SUM and not inside.all():
        raise InvokeError(f"The first coordinates of indices must be in the shape {sizes.tolist()}.")
    ids, weights, places = ids[inside], weights[inside], places[inside]
    for place, run in groupby(range(len(ids)), key=lambda i: int(places[i])):
        row, total, squares = rows[place], np.float32(0), np.float32(0)
        for i in run:
            squares += weights[i] * weights[i]
            total += weights[i]
            row += value[ids[i]] * weights[i]
        if p.combiner != CombinerType.SUM:
            row /= total if p.combiner == CombinerType.MEAN else np.sqrt(squares)
    return rows.reshape(p.shape)


def strides(sizes: Array) -> Array:
    """How many elements one step along each dimension passes."""
    return np.cumprod([1, *sizes[:0:-1]], dtype=np.int64)[::-1][: len(sizes)]
