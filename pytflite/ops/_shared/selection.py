"""Choosing between two tensors."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytflite.ops._api import Node


def is_single(node: Node) -> bool:
    """Whether all tensors have one element; then the output keeps the shape that the file gives it."""
    return all(prod(node[role].shape) == 1 for role in ("condition", "x", "y", "output"))
