"""DEPTH_TO_SPACE: channels become blocks of pixels.

input: (batch, height, width, b * b * channels) for a ``block_size`` of b.
output: (batch, height * b, width * b, channels), the pixels of a block in row-major order.

Source: ``depth_to_space.cc``, ``reference/depth_to_space.h``.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import DepthToSpaceOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.DEPTH_TO_SPACE, "input", "output", DepthToSpaceOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """(batch, height * b, width * b, channels)."""
    input, block = node["input"], node.options.block_size
    node.require(len(input.shape) == 4, f"{input} must have 4 dimensions.")
    node.require(block > 0, "block_size must be positive.")
    batch, height, width, depth = input.shape
    node.require(depth % (block * block) == 0, f"The channels of {input} must be a multiple of {block * block}.")
    return [(batch, height * block, width * block, depth // (block * block))]


def params(node: Node) -> int:
    """The block size."""
    block: int = node.options.block_size
    return block


@OP.rule("copy", "T -> T", params=params, T="f32 u8 i8 i32 i64")
def define(input: Array, p: int) -> Array:
    """Split channels into pixels, put them where they belong in the image."""
    batch, height, width, depth = input.shape
    blocks = input.reshape(batch, height, width, p, p, depth // (p * p)).swapaxes(2, 3)
    return blocks.reshape(batch, height * p, width * p, depth // (p * p)).copy()
