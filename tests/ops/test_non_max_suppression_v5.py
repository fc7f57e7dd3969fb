from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ops.boxes import suppression, suppressions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import fails


@settings(max_examples=60, deadline=None)
@given(suppressions(sigma=st.sampled_from([0.0, 0.1, 0.5, 3.0])))
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {f"sigma_{i}": suppression(i, count=50, size=20, sigma=sigma) for i, sigma in enumerate((0.0, 0.5, 2.0))}


def test_golden() -> None:
    agrees_with_golden("non_max_suppression_v5")


def test_refuses_a_negative_sigma() -> None:
    fails(suppression(0, sigma=-0.5), "Invalid sigma value for soft NMS: -0.5")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"box": 3}, r"boxes .* must have the shape \(boxes, 4\)"),
        ({"rank": (1,)}, "max_output_size .* must be a scalar"),
        ({"size": -1}, "must not be negative"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    refuses(suppression(0, sigma=1.0, **change), message)
