"""The orders of libstdc++: equal to what its own C++ gave (``golden/arithmetic``)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pytflite.arithmetic.ordering import Queue, largest_first, sorted_descending

RECORDING = Path(__file__).parents[2] / "golden" / "arithmetic" / "ordering.npz"

with np.load(RECORDING) as stored:
    CASES = [(int(size), stored[f"case{i}"].tolist()) for i, size in enumerate(stored["sizes"])]


def queued(values: list[float]) -> list[int]:
    """The order in which a queue gives indices back when every third push is followed by a pop."""
    queue, order = Queue(), []
    for i, value in enumerate(values):
        queue.push(value, i)
        if i % 3 == 2:
            order.append(queue.pop())
    while queue:
        order.append(queue.pop())
    return order


@pytest.mark.parametrize(("size", "case"), CASES)
def test_equal_to_the_recording(size: int, case: list[int]) -> None:
    count, values, orders = case[0], [float(v) for v in case[1 : size + 1]], case[size + 1 :]
    assert largest_first(values, count) == orders[:count]
    assert sorted_descending(values) == orders[count : count + size]
    assert queued(values) == orders[count + size :]


def test_the_order_of_equals_is_not_theirs_in_the_input() -> None:
    assert any(sorted_descending([0.0] * size) != list(range(size)) for size, _ in CASES)
