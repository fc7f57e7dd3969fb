from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from tests.ops.boxes import suppression, suppressions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden


@settings(max_examples=60, deadline=None)
@given(suppressions())
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("seed", range(5))
def test_agrees_on_the_order_of_equal_scores(seed: int) -> None:
    agree(suppression(seed, count=100, size=60, levels=2))


def golden_cases() -> dict[str, Case]:
    return {f"levels_{levels}": suppression(levels, count=50, size=20, levels=levels) for levels in (0, 1, 4)}


def test_golden() -> None:
    agrees_with_golden("non_max_suppression_v4")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"box": 3}, r"boxes .* must have the shape \(boxes, 4\)"),
        ({"rank": (1,)}, "max_output_size .* must be a scalar"),
        ({"size": -1}, "must not be negative"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    refuses(suppression(0, **change), message)
