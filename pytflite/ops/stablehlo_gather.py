"""STABLEHLO_GATHER: boxes of a tensor, picked by where they start.

operand: any shape. start_indices: integers; along ``index_vector_dim`` are the first coordinates of a box in the
dimensions that ``start_index_map`` names, other coordinates are 0. Boxes have ``slice_sizes``; they are moved so that
they lie inside. output: the dimensions of a box are at ``offset_dims``, but for ``collapsed_slice_dims``; the other
ones are those of start_indices.

Source: ``stablehlo_gather.cc``, ``tensor_slice_util.h``.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.types import FIXED
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import StablehloGatherOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.STABLEHLO_GATHER, "operand start_indices", "output", StablehloGatherOptions)


class GatherParams(NamedTuple):
    """What is picked.

    Attributes:
        index_vector_dim: dimension of start_indices that holds coordinates.
        start_index_map: the operand's dimension of each coordinate.
        sizes: of a box, 1 in collapsed dimensions.
        last_starts: for each dimension of the operand, the last coordinate where a box fits.
        offset_dims: where the box is in the output.
        shape: of the output.
    """

    index_vector_dim: int
    start_index_map: list[int]
    sizes: Shape
    last_starts: Array
    offset_dims: tuple[int, ...]
    shape: Shape


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """Sizes of the box at ``offset_dims``, those of start_indices elsewhere."""
    return [params(node).shape]


def params(node: Node) -> GatherParams:
    """What is picked."""
    operand, start_indices, options = node["operand"], node["start_indices"], node.options
    dims, sizes, index_dim = set(range(len(operand.shape))), options.slice_sizes, options.index_vector_dim
    mapped, collapsed, offset_dims = options.start_index_map, set(options.collapsed_slice_dims), options.offset_dims
    node.require(
        len(sizes) == len(dims) and all(0 <= size <= full for size, full in zip(sizes, operand.shape, strict=True)),
        f"slice_sizes {list(sizes)} must fit into {operand}.",
    )
    node.require(
        0 <= index_dim < len(start_indices.shape), f"index_vector_dim {index_dim} is no dimension of {start_indices}."
    )
    count = start_indices.shape[index_dim]
    is_mapped = len(mapped) == count and {*mapped} <= dims
    node.require(is_mapped, f"start_index_map must name {count} dimensions of {operand}.")
    node.require(
        collapsed <= dims and all(sizes[dim] > 0 for dim in collapsed),
        f"collapsed_slice_dims must be dimensions of {operand} where slice_sizes are not 0.",
    )
    box = [sizes[dim] for dim in sorted(dims - collapsed)]
    batch = [size for dim, size in enumerate(start_indices.shape) if dim != index_dim]
    result = range(len(box) + len(batch))
    node.require(
        len(offset_dims) == len(box) and list(offset_dims) == sorted({*offset_dims} & {*result}),
        f"offset_dims must be {len(box)} of {len(result)} dimensions, in order.",
    )
    of_box, of_batch = iter(box), iter(batch)
    shape = tuple(next(of_box if dim in offset_dims else of_batch) for dim in result)
    walked = tuple(1 if dim in collapsed else size for dim, size in enumerate(sizes))
    return GatherParams(index_dim, list(mapped), walked, np.subtract(operand.shape, sizes), offset_dims, shape)


@OP.rule("copy", "T I -> T", params=params, T=FIXED, I="i32 i64")
def define(operand: Array, start_indices: Array, p: GatherParams) -> Array:
    """Pick all boxes, then put their dimensions where they belong."""
    vectors = np.moveaxis(start_indices, p.index_vector_dim, -1)
    starts = np.zeros((*vectors.shape[:-1], operand.ndim), np.int64)
    starts[..., p.start_index_map] = vectors
    starts = np.clip(starts, 0, p.last_starts).reshape(prod(vectors.shape[:-1]), operand.ndim)
    offsets = np.indices(p.sizes).reshape(operand.ndim, 1, prod(p.sizes))
    coordinates = starts.T[:, :, np.newaxis] + offsets
    picked = operand[np.newaxis][(np.zeros(coordinates.shape[1:], int), *coordinates)]
    box = [p.shape[dim] for dim in p.offset_dims]
    stacked = picked.reshape((*vectors.shape[:-1], *box))
    return np.moveaxis(stacked, range(vectors.ndim - 1, len(p.shape)), p.offset_dims)
