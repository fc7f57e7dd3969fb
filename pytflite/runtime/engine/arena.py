"""Where intermediate tensors are while they live: one buffer for all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pytflite.kernels.engine import SLACK

ALIGNMENT = 64


class Extent(NamedTuple):
    """A tensor's need of memory.

    Attributes:
        size: in bytes.
        first: the node that writes it.
        last: the last node that reads it.
    """

    size: int
    first: int
    last: int

    def meets(self, other: Extent) -> bool:
        """Whether both live at some time."""
        return self.first <= other.last and other.first <= self.last


def offsets(extents: Mapping[int, Extent]) -> tuple[dict[int, int], int]:
    """Where each tensor lies, and the size of the whole; tensors that live at the same time do not overlap.

    The largest are placed first, each at the lowest offset that is free.

    Args:
        extents: by tensor index.
    """
    placed: dict[int, int] = {}
    spaces = {index: -(-(extent.size + SLACK) // ALIGNMENT) * ALIGNMENT for index, extent in extents.items()}
    for index in sorted(extents, key=lambda index: (-extents[index].size, index)):
        start = 0
        for other in sorted(placed, key=placed.__getitem__):
            if extents[index].meets(extents[other]) and placed[other] < start + spaces[index]:
                start = max(start, placed[other] + spaces[other])
        placed[index] = start
    return placed, max((placed[index] + spaces[index] for index in placed), default=0)
