from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings

from pytflite.errors import PrepareError
from pytflite.ops.arg_min import OP
from pytflite.profiles import REFERENCE, run
from pytflite.schema.enums import BuiltinOperator
from tests.ops.extremes import search, searches
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import elements, kinds

KINDS = sorted(set(kinds(OP)))
NAN, LOST = np.nan, 2147483647


def arg_min(kind: tuple[str, ...], data: npt.ArrayLike, **options: Any) -> Case:
    return search(BuiltinOperator.ARG_MIN, kind, data, **options)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(arg_min(kind, elements(np.random.default_rng(0), kind[0], (3, 19))))


@settings(max_examples=100, deadline=None)
@given(searches(BuiltinOperator.ARG_MIN, KINDS))
def test_agrees(subject: Case) -> None:
    agree(subject)


NAN_ROWS = [  # elements, and the index of LiteRT 2.3, as it should be, and of tf.lite 2.21 (measured on x86)
    ([NAN, 1, 2], 1, 1, 0),
    ([NAN, 1, 1, 2, 3], 4, 1, LOST),
    ([NAN, 9, 1, 1], 0, 2, LOST),
    ([9, NAN, 1, 1], 2, 2, 2),
    ([9, 1, 3, 1, NAN, 3, 4, 5], 1, 1, LOST),
]


@pytest.mark.parametrize(("row", "lanes", "meant", "nan_lanes"), NAN_ROWS)
def test_nan(row: list[float], lanes: int, meant: int, nan_lanes: int) -> None:
    subject = arg_min(("f32", "i32", "i32"), row)
    expected = {"float32_lanes": lanes, "float32": meant, "float32_nan_lanes": nan_lanes}
    for rule, index in expected.items():
        profile = REFERENCE.override("one", {"ARG_MIN": run(rule)})
        (got,) = evaluate(subject.model, subject.inputs, kernels=False, profile=profile)
        assert got == index, rule


def golden_cases() -> dict[str, Case]:
    rng = np.random.default_rng(1)
    cases = {"_".join(kind): arg_min(kind, elements(rng, kind[0], (3, 4, 5)), axis=1) for kind in KINDS}
    return cases | {f"nan{i}": arg_min(("f32", "i32", "i32"), row) for i, (row, *_) in enumerate(NAN_ROWS)}


def test_golden() -> None:
    agrees_with_golden("arg_min")


@pytest.mark.parametrize(
    ("data", "change", "message"),
    [
        ([[1, 2]], {"axis": 2}, r"Axis 2 is not in the range \[-2, 2\)"),
        (np.zeros((2, 0)), {}, "input .* has no elements along axis 1"),
        ([[1, 2]], {"output_letter": "i64"}, "output .* must have the type in the options, INT64"),
    ],
)
def test_refuses(data: npt.ArrayLike, change: dict[str, Any], message: str) -> None:
    subject = arg_min(("i8", "i32", "i32"), data, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(ARG_MIN\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
