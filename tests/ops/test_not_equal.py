from __future__ import annotations

import pytest
from hypothesis import given, settings

from pytflite.ops.not_equal import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import NotEqualOptions
from tests.ops.comparisons import Comparison, comparisons, corners, kinds, make, refuse
from tests.ops.harness import Case, agree, agrees_with_golden

KINDS = kinds(OP)


def comparison(case: Comparison) -> Case:
    """A NOT_EQUAL."""
    return make(BuiltinOperator.NOT_EQUAL, case, NotEqualOptions())


@settings(max_examples=80, deadline=None)
@given(comparisons(KINDS))
def test_agrees(case: Comparison) -> None:
    agree(comparison(case))


@pytest.mark.parametrize("letter", [letter for letter in KINDS if letter in ("f32", "f16", "bf16")])
def test_corners_agree(letter: str) -> None:
    agree(corners(BuiltinOperator.NOT_EQUAL, letter, NotEqualOptions()))


def golden_cases() -> dict[str, Case]:
    return {kind: comparison(Comparison(kind, i)) for i, kind in enumerate(KINDS) if kind != "str"}


def test_golden() -> None:
    agrees_with_golden("not_equal")


def test_refuses() -> None:
    refuse(comparison)
