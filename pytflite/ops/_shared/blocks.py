"""Blocks of pixels that go to batches, or come from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytflite.ops._shared.movement import integers, require_same_quantization

if TYPE_CHECKING:
    from pytflite.ops._api import Node, Shape
    from pytflite.ops._shared.paddings import Borders


def require_same_codes(node: Node) -> None:
    """Refuse quantized tensors whose codes cannot be moved as they are; int16 ones must have the zero point 0."""
    input = node["input"]
    if input.letter in ("u8", "i8", "i16"):
        require_same_quantization(node, input, node["output"])
    node.require(input.letter != "i16" or input.zero_point == 0, f"The zero point of {input} must be 0.")


def block_shape(node: Node) -> Shape:
    """Size of a block in each spatial dimension of ``input``, all but the first and the last.

    Raises:
        PrepareError: more than two spatial dimensions, or none, or a size that is not positive.
        ValueNeeded: the sizes are not known yet.
    """
    input, block = node["input"], node["block_shape"]
    node.require(len(input.shape) in (3, 4), f"{input} must have 3 or 4 dimensions.")
    spatial = len(input.shape) - 2
    node.require(block.shape == (spatial,), f"{block} must have {spatial} elements.")
    sizes = integers(node, "block_shape")
    node.require(min(sizes) > 0, f"{block} must be positive.")
    return sizes


def spatial_borders(node: Node, role: str) -> Borders:
    """(before, after) for each spatial dimension of ``input``, from the tensor of a role.

    Raises:
        PrepareError: another shape, or a negative border.
        ValueNeeded: the borders are not known yet.
    """
    borders, spatial = node[role], len(node["input"].shape) - 2
    node.require(borders.shape == (spatial, 2), f"{borders} must have the shape {spatial}x2.")
    values = integers(node, role)
    node.require(min(values) >= 0, f"{borders} holds negative values.")
    return tuple(zip(values[::2], values[1::2], strict=True))
