"""Elements that are put somewhere else along every dimension, with a value between and around them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from pytflite.ops._api import Shape

Array = npt.NDArray[Any]


class Places(NamedTuple):
    """Where elements go.

    Attributes:
        kept: for each dimension, the input's positions that are not cut off.
        taken: where they are in the output.
        shape: of the output.
    """

    kept: tuple[Array, ...]
    taken: tuple[Array, ...]
    shape: Shape


def places_of(sizes: Shape, numbers: Iterable[tuple[int, int]], shape: Shape) -> Places:
    """Places in an output.

    Args:
        sizes: of the input.
        numbers: for each dimension, where its first element goes, and the step from one to the next.
        shape: of the output; what falls outside is cut off.
    """
    kept, taken = [], []
    for size, (first, step), wanted in zip(sizes, numbers, shape, strict=True):
        positions = np.arange(size)
        places = first + positions * step
        inside = (places >= 0) & (places < wanted)
        kept.append(positions[inside])
        taken.append(places[inside])
    return Places(tuple(kept), tuple(taken), shape)


def placed(input: Array, fill: Array, p: Places) -> Array:
    """The elements at their places, ``fill`` (of one element) elsewhere."""
    output = np.full(p.shape, fill.reshape(()), input.dtype)
    output[np.ix_(*p.taken)] = input[np.ix_(*p.kept)]
    return output
