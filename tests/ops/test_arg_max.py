from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings

from pytflite.errors import PrepareError
from pytflite.ops.arg_max import OP
from pytflite.profiles import REFERENCE, run
from pytflite.schema.enums import BuiltinOperator
from tests.ops.extremes import search, searches
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import elements, kinds

KINDS = sorted(set(kinds(OP)))
NAN, LOST = np.nan, 2147483647


def arg_max(kind: tuple[str, ...], data: npt.ArrayLike, **options: Any) -> Case:
    return search(BuiltinOperator.ARG_MAX, kind, data, **options)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(arg_max(kind, elements(np.random.default_rng(0), kind[0], (3, 19))))


@settings(max_examples=100, deadline=None)
@given(searches(BuiltinOperator.ARG_MAX, KINDS))
def test_agrees(subject: Case) -> None:
    agree(subject)


NAN_ROWS = [  # elements, and the index of LiteRT 2.3, as it should be, and of tf.lite 2.21 (measured on x86)
    ([NAN, 1, 2], 2, 2, 0),
    ([NAN, 1, 1, 2, 3], 4, 4, LOST),
    ([NAN, 9, 1, 1], 0, 1, LOST),
    ([1, 1, NAN, 9], 0, 3, 0),
    ([9, 1, 3, 1, NAN, 3, 4, 5], 0, 0, LOST),
]


@pytest.mark.parametrize(("row", "lanes", "meant", "nan_lanes"), NAN_ROWS)
def test_nan(row: list[float], lanes: int, meant: int, nan_lanes: int) -> None:
    subject = arg_max(("f32", "i32", "i32"), row)
    expected = {"float32_lanes": lanes, "float32": meant, "float32_nan_lanes": nan_lanes}
    for rule, index in expected.items():
        profile = REFERENCE.override("one", {"ARG_MAX": run(rule)})
        (got,) = evaluate(subject.model, subject.inputs, kernels=False, profile=profile)
        assert got == index, rule


def golden_cases() -> dict[str, Case]:
    rng = np.random.default_rng(1)
    cases = {"_".join(kind): arg_max(kind, elements(rng, kind[0], (3, 4, 5)), axis=1) for kind in KINDS}
    return cases | {f"nan{i}": arg_max(("f32", "i32", "i32"), row) for i, (row, *_) in enumerate(NAN_ROWS)}


def test_golden() -> None:
    agrees_with_golden("arg_max")


@pytest.mark.parametrize(
    ("data", "change", "message"),
    [
        ([[1, 2]], {"axis": 2}, r"Axis 2 is not in the range \[-2, 2\)"),
        (np.zeros((2, 0)), {}, "input .* has no elements along axis 1"),
        ([[1, 2]], {"output_letter": "i64"}, "output .* must have the type in the options, INT64"),
    ],
)
def test_refuses(data: npt.ArrayLike, change: dict[str, Any], message: str) -> None:
    subject = arg_max(("i8", "i32", "i32"), data, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(ARG_MAX\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
