"""Sorting as libstdc++ does it, which decides the order of equals: all that is here is built on its heaps.

Source: ``bits/stl_heap.h``, ``bits/stl_algo.h``, ``bits/stl_queue.h`` of libstdc++.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

SHORT = 16
"""Up to so many elements ``std::sort`` only inserts."""


def largest_first(values: Sequence[float], count: int) -> list[int]:
    """Indices of the largest values, the largest first, as ``std::partial_sort`` finds them."""
    order = list(range(len(values)))
    _partial_sort(values, order, 0, count, len(order))
    return order[:count]


def sorted_descending(values: Sequence[float]) -> list[int]:
    """Indices of the values, the largest first, as ``std::sort`` orders them."""
    order = list(range(len(values)))
    _part(values, order, 0, len(order), 2 * (len(order).bit_length() - 1))
    for i in range(1, len(order)):
        moved = order.pop(i)
        while i and values[moved] > values[order[i - 1]]:
            i -= 1
        order.insert(i, moved)
    return order


class Queue:
    """``std::priority_queue``: of what was pushed, the one with the largest key comes first."""

    def __init__(self) -> None:
        self._keys: list[float] = []
        self._items: list[Any] = []
        self._order: list[int] = []

    def __bool__(self) -> bool:
        """Whether anything is left."""
        return bool(self._order)

    def push(self, key: float, item: Any) -> None:
        """Add something."""
        self._keys.append(-key)
        self._items.append(item)
        self._order.append(-1)
        _rise(self._keys, self._order, 0, 0, len(self._order) - 1, len(self._keys) - 1)

    def pop(self) -> Any:
        """Take out what comes first."""
        first, last = self._order[0], self._order.pop()
        if self._order:
            _sink(self._keys, self._order, 0, len(self._order), last)
        return self._items[first]


def _part(values: Sequence[float], order: list[int], first: int, last: int, depth: int) -> None:
    """Bring larger before smaller, but for the order within short runs (``std::__introsort_loop``)."""
    while last - first > SHORT:
        if depth == 0:
            _partial_sort(values, order, first, last, last)
            return
        depth -= 1
        cut = _cut(values, order, first, last)
        _part(values, order, cut, last, depth)
        last = cut


def _cut(values: Sequence[float], order: list[int], first: int, last: int) -> int:
    """Bring what is larger than the median of three before what is smaller; where the latter begins."""
    middle = _median(values, order, first + 1, first + (last - first) // 2, last - 1)
    order[first], order[middle] = order[middle], order[first]
    pivot = values[order[first]]
    left, right = first + 1, last
    while True:
        while values[order[left]] > pivot:
            left += 1
        right -= 1
        while pivot > values[order[right]]:
            right -= 1
        if left >= right:
            return left
        order[left], order[right] = order[right], order[left]
        left += 1


def _median(values: Sequence[float], order: list[int], a: int, b: int, c: int) -> int:
    """Which of three places holds the value in the middle (``std::__move_median_to_first``)."""
    at_a, at_b, at_c = (values[order[i]] for i in (a, b, c))
    if at_a > at_b:
        return b if at_b > at_c else c if at_a > at_c else a
    return a if at_a > at_c else c if at_b > at_c else b


def _partial_sort(values: Sequence[float], order: list[int], first: int, middle: int, last: int) -> None:
    """Put the largest of a run into its beginning, the largest first."""
    count = middle - first
    for top in range((count - 2) // 2, -1, -1):
        _sink(values, order, first, count, order[first + top], top)
    for i in range(middle, last):
        if values[order[i]] > values[order[first]]:
            moved, order[i] = order[i], order[first]
            _sink(values, order, first, count, moved)
    for size in range(count - 1, 0, -1):
        moved, order[first + size] = order[first + size], order[first]
        _sink(values, order, first, size, moved)


def _sink(values: Sequence[float], order: list[int], first: int, size: int, moved: int, top: int = 0) -> None:
    """Fill a hole: it sinks to the end past the smaller children, then the moved one rises from there."""
    hole = top
    while (child := 2 * hole + 2) <= size:
        if child == size or values[order[first + child]] > values[order[first + child - 1]]:
            child -= 1
        order[first + hole], hole = order[first + child], child
    _rise(values, order, first, top, hole, moved)


def _rise(values: Sequence[float], order: list[int], first: int, top: int, hole: int, moved: int) -> None:
    """Fill a hole: those above that are larger come down to it, then it takes the moved one."""
    while hole > top and values[order[first + (hole - 1) // 2]] > values[moved]:
        order[first + hole], hole = order[first + (hole - 1) // 2], (hole - 1) // 2
    order[first + hole] = moved
