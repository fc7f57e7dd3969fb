"""Images of another size: shapes and scales."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytflite.ops._shared.movement import integers

if TYPE_CHECKING:
    from pytflite.ops._api import Node, Shape


def resized_shapes(node: Node) -> list[Shape]:
    """(batch, output height, output width, channels) from ``input`` and ``size``.

    Raises:
        PrepareError: wrong ranks, a negative size, or an empty image that should become a larger one.
        ValueNeeded: the size is not known yet.
    """
    input, size = node["input"], node["size"]
    node.require(len(input.shape) == 4, f"{input} must have 4 dimensions.")
    node.require(size.shape == (2,), f"{size} must have 2 elements, height and width.")
    batch, *image, channels = input.shape
    height, width = integers(node, "size")
    node.require(min(height, width) >= 0, f"{size} must not be negative: {height}, {width}.")
    node.require(0 not in image, f"{input} has no pixels.")
    return [(batch, height, width, channels)]


def image_scale(node: Node, axis: int) -> np.float32:
    """Input pixels per output pixel along an axis, or per gap between output pixels with align_corners."""
    before, after = node["input"].shape[axis], node["output"].shape[axis]
    gaps = 1 if node.options.align_corners and after > 1 else 0
    return np.float32(before - gaps) / np.float32(max(after - gaps, 1))
