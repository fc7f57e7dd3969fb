"""SPACE_TO_DEPTH: blocks of pixels become channels.

input: (batch, height, width, channels), height and width multiples of ``block_size`` b.
output: (batch, height / b, width / b, b * b * channels), the pixels of a block in row-major order.

Source: ``space_to_depth.cc``, ``reference/space_to_depth.h``.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SpaceToDepthOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.SPACE_TO_DEPTH, "input", "output", SpaceToDepthOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """(batch, height / b, width / b, b * b * channels)."""
    input, block = node["input"], node.options.block_size
    node.require(len(input.shape) == 4, f"{input} must have 4 dimensions.")
    node.require(block > 0, "block_size must be positive.")
    batch, height, width, channels = input.shape
    node.require(height % block == width % block == 0, f"Height and width of {input} must be multiples of {block}.")
    return [(batch, height // block, width // block, channels * block * block)]


def params(node: Node) -> int:
    """The block size."""
    block: int = node.options.block_size
    return block


@OP.rule("copy", "T -> T", params=params, T="f32 u8 i8 i32 i64")
def define(input: Array, p: int) -> Array:
    """Split rows and columns into blocks, bring the pixels of a block together."""
    batch, height, width, channels = input.shape
    blocks = input.reshape(batch, height // p, p, width // p, p, channels).swapaxes(2, 3)
    return blocks.reshape(batch, height // p, width // p, p * p * channels).copy()
