"""BATCH_TO_SPACE_ND: batches become the pixels of blocks.

input: (elements of a block * batch, spatial..., channels) with one or two spatial dimensions; the element of the block
is counted before the batch. block_shape: int32, a size for each spatial dimension. crops: (spatial dimensions, 2),
elements to drop at either end. output: (batch, spatial * block - crops..., channels).

Source: ``batch_to_space_nd.cc``, ``reference/batch_to_space_nd.h``.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.blocks import block_shape, require_same_codes, spatial_borders
from pytflite.ops._shared.types import FIXED, INT32
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import BatchToSpaceNDOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.BATCH_TO_SPACE_ND, "input block_shape crops", "output", BatchToSpaceNDOptions)


class BatchToSpaceParams(NamedTuple):
    """What to multiply by, and what to keep.

    Attributes:
        block: size of a block in each spatial dimension.
        kept: the range that is kept of every dimension.
    """

    block: Shape
    kept: tuple[slice, ...]


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """Spatial sizes grow by the block and lose the crops, the batch shrinks."""
    input, block, crops = node["input"], block_shape(node), spatial_borders(node, "crops")
    require_same_codes(node)
    batch = input.shape[0]
    node.require(batch % prod(block) == 0, f"The batch of {input} must be a multiple of {prod(block)}.")
    whole = [size * factor for size, factor in zip(input.shape[1:-1], block, strict=True)]
    spatial = [size - before - after for size, (before, after) in zip(whole, crops, strict=True)]
    node.require(min(spatial) >= 0, f"Crops {list(crops)} leave nothing of {whole}.")
    return [(batch // prod(block), *spatial, input.shape[-1])]


def params(node: Node) -> BatchToSpaceParams:
    """Block and crops."""
    spatial = node["output"].shape[1:-1]
    crops = spatial_borders(node, "crops")
    inner = [slice(before, before + size) for size, (before, _) in zip(spatial, crops, strict=True)]
    return BatchToSpaceParams(block_shape(node), (slice(None), *inner))


@OP.rule("copy", "T I J -> T", params=params, T=FIXED, I=INT32, J=INT32)
def define(input: Array, block_shape: Array, crops: Array, p: BatchToSpaceParams) -> Array:
    """Put the elements of blocks next to one another, then crop."""
    total, *spatial, channels = input.shape
    batch = total // prod(p.block)
    blocks = input.reshape(*p.block, batch, *spatial, channels)
    ends = range(2, 2 + 2 * len(p.block), 2)
    grown = [size * factor for size, factor in zip(spatial, p.block, strict=True)]
    return np.moveaxis(blocks, range(len(p.block)), ends).reshape(batch, *grown, channels)[p.kept].copy()
