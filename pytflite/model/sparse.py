"""Sparse constants: the schema's ``SparsityParameters``, a tree of dense and compressed (CSR) dimensions.

Source: ``SparsityParameters`` in schema.fbs; FormatConverter in sparsity/format_converter.cc.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.schema.enums import DimensionType
from pytflite.schema.tables import Int32Vector, SparsityParameters, Uint8Vector, Uint16Vector

Array = npt.NDArray[Any]


def densify(stored: Array, shape: Sequence[int], sparsity: SparsityParameters) -> Array:
    """Spread the stored elements over a dense array, zero elsewhere.

    Args:
        stored: the elements in the order of the tree, at least as many as it has leaves.
        shape: of the dense tensor, n dimensions d0 ... dn-1; k more, dn ... dn+k-1, lie within a block.
        sparsity: the tree, one level per dimension in ``traversal_order``.

    Raises:
        ValueError: the tree does not fit the shape or the stored elements.
    """
    rank = len(shape)
    order, blocks, levels = sparsity.traversal_order, sparsity.block_map, sparsity.dim_metadata
    if sorted(order[:rank]) != list(range(rank)) or sorted(order) != list(range(rank + len(blocks))):
        raise ValueError(
            f"the sparsity's traversal order {order} does not suit {rank} dimensions + {len(blocks)} blocks"
        )
    if len(levels) != len(order) or any(not 0 <= dimension < rank for dimension in blocks):
        raise ValueError(f"the sparsity has {len(levels)} levels for {len(order)} dimensions, blocks of {blocks}")
    sizes = [*shape, *(0 for _ in blocks)]
    for dimension, level in zip(order[rank:], levels[rank:], strict=True):
        sizes[dimension] = level.dense_size
    for block, dimension in enumerate(blocks):
        if sizes[rank + block] <= 0 or sizes[dimension] % sizes[rank + block]:
            raise ValueError(f"blocks of {sizes[rank + block]} do not divide dimension {dimension} of {tuple(shape)}")
        sizes[dimension] //= sizes[rank + block]

    leaves = 1
    places: dict[int, Array] = {}
    for dimension, level in zip(order, levels, strict=True):
        size = sizes[dimension]
        if level.format == DimensionType.DENSE:
            if level.dense_size != size or leaves * size > math.prod(shape):
                raise ValueError(f"a dense level of {level.dense_size} for a dimension of {size}")
            counts = np.full(leaves, size)
            indices = np.tile(np.arange(size), leaves)
        else:
            segments, indices = _values(level.array_segments), _values(level.array_indices)
            counts = np.diff(segments)
            if segments.size != leaves + 1 or segments[0] != 0 or (counts < 0).any() or segments[-1] != indices.size:
                raise ValueError(f"the segments of a sparse level do not suit {leaves} parents, {indices.size} indices")
            if indices.size and not 0 <= indices.min() <= indices.max() < size:
                raise ValueError(f"the indices of a sparse level leave its dimension of {size}")
        places = {known: np.repeat(place, counts) for known, place in places.items()}
        places[dimension] = indices
        leaves = indices.size
    if leaves > stored.size:
        raise ValueError(f"the sparsity has {leaves} elements, the buffer holds {stored.size}")

    for block, dimension in enumerate(blocks):
        places[dimension] = places[dimension] * sizes[rank + block] + places[rank + block]
    dense = np.zeros(shape, stored.dtype)
    dense[tuple(places[dimension] for dimension in range(rank))] = stored[:leaves]
    return dense


def _values(vector: Any) -> Array:
    if not isinstance(vector, Int32Vector | Uint16Vector | Uint8Vector):
        raise ValueError(f"a sparse level with {vector} for segments or indices")
    values: Array = vector.values.astype(np.int64)
    return values
