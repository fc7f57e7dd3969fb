"""Borders around tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._shared.movement import integers

if TYPE_CHECKING:
    from pytflite.ops._api import Node, Shape

Array = npt.NDArray[Any]
Borders = tuple[tuple[int, int], ...]

PADDED = "f32 f16 bf16 i8 u8 i16 i32 i64 b"
"""Element types that PAD and PADV2 take."""

PADDINGS = "i32 i64 i8 i16 b"
"""Element types of the paddings of PAD and PADV2."""


def borders(node: Node) -> Borders:
    """(before, after) for every dimension of ``input``, from ``paddings`` of shape (rank, 2).

    Raises:
        PrepareError: another shape, or a negative padding.
        ValueNeeded: the paddings are not known yet.
    """
    input, paddings = node["input"], node["paddings"]
    rank = len(input.shape)
    node.require(paddings.shape == (rank, 2), f"{paddings} must have the shape {rank}x2, two for each axis of {input}.")
    values = integers(node, "paddings")
    node.require(min(values, default=0) >= 0, f"{paddings} holds negative values.")
    return tuple(zip(values[::2], values[1::2], strict=True))


def padded_shape(node: Node) -> Shape:
    """Shape of ``input`` with its borders, at most 5 dimensions."""
    input = node["input"]
    node.require(len(input.shape) <= 5, f"{input} must have at most 5 dimensions.")
    return tuple(before + size + after for size, (before, after) in zip(input.shape, borders(node), strict=True))


def bordered(input: Array, borders: Borders, fill: Any) -> Array:
    """``input`` within borders of one value."""
    shape = [before + size + after for size, (before, after) in zip(input.shape, borders, strict=True)]
    output = np.full(shape, fill, input.dtype)
    output[tuple(slice(before, before + size) for size, (before, _) in zip(input.shape, borders, strict=True))] = input
    return output
