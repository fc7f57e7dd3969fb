"""Numbers folded into places of a tensor, one after the other, as segments and scatters have them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import InvokeError

if TYPE_CHECKING:
    from pytflite.ops._api import Node, Shape

Array = npt.NDArray[Any]
Step = Callable[[Array, Array], Array]
"""From what is there and what comes to what is there then."""


def fold_at(step: Step, output: Array, places: Array, updates: Array) -> None:
    """``output[place] = step(output[place], update)`` for one update after the other.

    Args:
        step: elementwise.
        output: (size, ...), written to.
        places: (count) integers within the size; what meets the same place is folded in this order.
        updates: (count, ...) of the output's type.
    """
    order = np.argsort(places, kind="stable")
    turns = np.empty(len(places), np.int64)
    turns[order] = np.arange(len(places)) - np.searchsorted(places[order], places[order])
    by_turn = np.argsort(turns, kind="stable")
    for now in np.split(by_turn, np.cumsum(np.bincount(turns))[:-1]):
        output[places[now]] = step(output[places[now]], updates[now])


def unsorted_segment_shapes(node: Node) -> list[Shape]:
    """(segments, the sizes of the data after those of the ids).

    Raises:
        PrepareError: ids that are no prefix of the data, or another number of segments than one of at least 0.
        ValueNeeded: the number of segments is not known yet.
    """
    data, segment_ids, num_segments = node["data"], node["segment_ids"], node["num_segments"]
    rank = len(segment_ids.shape)
    node.require(
        segment_ids.shape == data.shape[:rank], f"The shape of {segment_ids} must be that of {data}, or begin it."
    )
    node.require(num_segments.shape in ((), (1,)), f"{num_segments} must have one element.")
    count = int(node.value("num_segments").reshape(()))
    node.require(count >= 0, f"num_segments is {count}, it must not be negative.")
    return [(count, *data.shape[rank:])]


def unsorted_segment_shape(node: Node) -> Shape:
    """Params of `fold_segments`: the output's shape."""
    return node["output"].shape


def fold_segments(step: Step, start: npt.ArrayLike, data: Array, segment_ids: Array, shape: Shape) -> Array:
    """Fold slices of the data into the segments that their ids tell; those with negative ids are left out.

    Args:
        step: elementwise.
        start: what empty segments hold.
        data: (ids..., slice...).
        segment_ids: integers.
        shape: (segments, slice...).

    Raises:
        InvokeError: an id beyond the last segment.
    """
    ids = segment_ids.reshape(-1)
    if ids.max(initial=-1) >= shape[0]:
        raise InvokeError(f"segment_ids holds {ids.max()}, it must be below num_segments, {shape[0]}.")
    output = np.full(shape, start, data.dtype)
    if output.size:
        counted = ids >= 0
        fold_at(step, output, ids[counted], data.reshape(ids.size, *shape[1:])[counted])
    return output
