"""What is not a sum of products, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numba", reason="numba is not installed: the definitions run alone")

from pytflite.runtime.engine.arena import Extent, offsets
from pytflite.runtime.engine.elementwise import linear
from tests.engine.engines import agree
from tests.ops.test_add import additions
from tests.ops.test_average_pool_2d import average_pool_2d
from tests.ops.test_mean import mean
from tests.ops.test_softmax import softmaxes


@settings(max_examples=40, deadline=None)
@given(additions())
def test_sums(subject: Any) -> None:
    for inputs in subject.inputs:
        agree(subject.model, inputs)


@pytest.mark.parametrize("letter", ["i8", "u8"])
@pytest.mark.parametrize("make", [mean, average_pool_2d])
def test_means(letter: str, make: Any) -> None:
    for seed in range(40):
        subject = make(letter, seed)
        agree(subject.model, subject.inputs[0])


@settings(max_examples=40, deadline=None)
@given(softmaxes())
def test_softmax(subject: Any) -> None:
    for inputs in subject.inputs:
        agree(subject.model, inputs)


@settings(max_examples=30, deadline=None)
@given(st.floats(-2, 2), st.floats(-2, 2), st.integers(0, 2**32))
def test_a_linear_function_is_the_table_or_none(slope1: float, slope2: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes = np.arange(-128, 128)
    reals = slope1 * codes[:, None] + slope2 * codes + rng.uniform(-200, 200)
    table = np.clip(np.rint(reals).astype(np.int64), -128, 127)
    factors = linear(table, slope1, slope2)
    if factors is not None:
        a, b, c, d = factors
        assert np.array_equal(np.clip((a * codes[:, None] + b * codes + c) >> d, table.min(), table.max()), table)
        assert max(map(abs, (a * 128, b * 128, c))) < 1 << 31
    table[7, 9] += 50
    assert linear(table, slope1, slope2) is None


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 9), st.integers(0, 4)), max_size=12))
def test_tensors_that_live_together_do_not_overlap(drawn: list[tuple[int, int, int]]) -> None:
    extents = {index: Extent(size, first, first + length) for index, (size, first, length) in enumerate(drawn)}
    starts, size = offsets(extents)
    for one, extent in extents.items():
        assert 0 <= starts[one] <= size - extent.size
        for other in range(one):
            if extent.meets(extents[other]):
                low, high = sorted((one, other), key=lambda index: starts[index])
                assert starts[low] + extents[low].size <= starts[high]
