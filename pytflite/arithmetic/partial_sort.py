"""``std::partial_sort`` of libstdc++, which decides the order of equals: a heap of the best so far, then sorted.

Source: ``bits/stl_heap.h``, ``bits/stl_algo.h`` of libstdc++.
"""

from __future__ import annotations

from collections.abc import Sequence


def largest_first(values: Sequence[float], count: int) -> list[int]:
    """Indices of the largest values, the largest first; the order of equals is that of the library."""
    order = list(range(len(values)))
    for start in range((count - 2) // 2, -1, -1):
        _adjust(values, order, start, count, order[start])
    for i in range(count, len(order)):
        if values[order[i]] > values[order[0]]:
            moved, order[i] = order[i], order[0]
            _adjust(values, order, 0, count, moved)
    for last in range(count - 1, 0, -1):
        moved, order[last] = order[last], order[0]
        _adjust(values, order, 0, last, moved)
    return order[:count]


def _adjust(values: Sequence[float], order: list[int], top: int, size: int, moved: int) -> None:
    """Fill a hole: it sinks to the end past the smaller children, then the moved one rises from there."""
    hole = top
    while (child := 2 * hole + 2) <= size:
        if child == size or values[order[child]] > values[order[child - 1]]:
            child -= 1
        order[hole], hole = order[child], child
    while hole > top and values[order[(hole - 1) // 2]] > values[moved]:
        order[hole], hole = order[(hole - 1) // 2], (hole - 1) // 2
    order[hole] = moved
