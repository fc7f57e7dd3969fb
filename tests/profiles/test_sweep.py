"""A short sweep of the operators whose integers the profiles change; ``golden/sweep.py`` is the long one."""

from __future__ import annotations

import pytest

from pytflite.profiles import OPTIMIZED, REFERENCE, XNNPACK
from tests.ops.harness import HAS_LITERT
from tests.ops.test_fully_connected import full_connection
from tests.profiles.sweep import Sweep, compare, operators, sweep

pytestmark = pytest.mark.skipif(not HAS_LITERT, reason="ai_edge_litert is not installed")

CHANGED = {key.split("/")[0] for key, said in OPTIMIZED.recipes.items() if REFERENCE.recipes.get(key) != said}
TAKEN = set(XNNPACK.delegate.takes) if XNNPACK.delegate else set()


@pytest.mark.parametrize("profile", ["optimized", "xnnpack"])
@pytest.mark.parametrize("op", sorted(CHANGED | TAKEN))
def test_integers_are_equal(op: str, profile: str) -> None:
    assert op.lower() in operators()
    found = Sweep(op, profile)
    sweep(found, 12)
    assert found.integer_differences == []
    assert sum(row.cases for row in found.rows.values()) > 0


def test_optimized_leaves_int16_with_a_filter_zero_point_to_the_reference_kernel() -> None:
    found = Sweep("FULLY_CONNECTED", "optimized")
    for seed in range(6):
        compare(full_connection("int16x8_int32", seed, per_axis=False, loud=True, depth=3), found)
    assert found.integer_differences == []
    assert found.rows["i16 i8 i32 -> i16"].cases == 6
