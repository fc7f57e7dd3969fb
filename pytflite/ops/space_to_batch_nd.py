"""SPACE_TO_BATCH_ND: pixels of blocks go to batches of their own.

input: (batch, spatial..., channels) with one or two spatial dimensions. block_shape: int32, a size for each of them.
paddings: (spatial dimensions, 2) int32, zeros to add before and after, so that blocks fit.
output: (elements of a block * batch, spatial / block..., channels); the element of the block counts before the batch.

Source: ``space_to_batch_nd.cc``, ``reference/space_to_batch_nd.h``.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.blocks import block_shape, require_same_codes, spatial_borders
from pytflite.ops._shared.movement import per_tensor
from pytflite.ops._shared.paddings import Borders, bordered
from pytflite.ops._shared.types import FIXED, INT32
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SpaceToBatchNDOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.SPACE_TO_BATCH_ND, "input block_shape paddings", "output", SpaceToBatchNDOptions)


class SpaceToBatchParams(NamedTuple):
    """What to add, and what to divide by.

    Attributes:
        borders: (before, after) of every dimension.
        fill: the code that stands for 0.
        block: size of a block in each spatial dimension.
    """

    borders: Borders
    fill: int
    block: Shape


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """Spatial sizes shrink by the block, the batch grows."""
    input, block, pads = node["input"], block_shape(node), spatial_borders(node, "paddings")
    require_same_codes(node)
    padded = [before + size + after for size, (before, after) in zip(input.shape[1:-1], pads, strict=True)]
    node.require(
        all(size % factor == 0 for size, factor in zip(padded, block, strict=True)),
        f"The padded sizes {padded} must be multiples of the block {list(block)}.",
    )
    spatial = [size // factor for size, factor in zip(padded, block, strict=True)]
    return [(input.shape[0] * prod(block), *spatial, input.shape[-1])]


def params(node: Node) -> SpaceToBatchParams:
    """Paddings and block."""
    fill = per_tensor(node["output"])[1] if node["input"].letter in ("u8", "i8") else 0
    return SpaceToBatchParams(((0, 0), *spatial_borders(node, "paddings"), (0, 0)), fill, block_shape(node))


def zero_params(node: Node) -> SpaceToBatchParams:
    """The same, adding the code 0 whatever it stands for."""
    return params(node)._replace(fill=0)


@OP.rule("copy", "T I J -> T", params=params, T=FIXED, I=INT32, J=INT32)
@OP.rule("copy_between_zeros", "T i32 i32 -> T", params=zero_params, by_name=True, T="i8")
def define(input: Array, block_shape: Array, paddings: Array, p: SpaceToBatchParams) -> Array:
    """Pad, split into blocks, bring the elements of blocks to the front."""
    padded = bordered(input, p.borders, p.fill)
    batch, *spatial, channels = padded.shape
    sizes = [size // factor for size, factor in zip(spatial, p.block, strict=True)]
    blocks = padded.reshape(batch, *(n for pair in zip(sizes, p.block, strict=True) for n in pair), channels)
    ends = range(2, 2 + 2 * len(p.block), 2)
    return np.moveaxis(blocks, ends, range(len(p.block))).reshape(batch * prod(p.block), *sizes, channels)
