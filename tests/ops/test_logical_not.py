from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.logical_not import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import LogicalNotOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import kinds, shapes
from tests.ops.unary import unary

KINDS = kinds(OP)


def inversion(kind: tuple[str, ...], seed: int, shape: tuple[int, ...] = (2, 3, 40)) -> Case:
    """A LOGICAL_NOT of random elements."""
    return unary(BuiltinOperator.LOGICAL_NOT, kind, seed, shape, LogicalNotOptions())


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(KINDS), st.integers(0, 2**32), shapes(0, 6))
def test_agrees(kind: tuple[str, ...], seed: int, shape: tuple[int, ...]) -> None:
    agree(inversion(kind, seed, shape))


def golden_cases() -> dict[str, Case]:
    return {kind[0]: inversion(kind, i) for i, kind in enumerate(KINDS)}


def test_golden() -> None:
    agrees_with_golden("logical_not")


def test_refuses() -> None:
    refuses(inversion(("i8", "i8"), 0), "i8 -> i8 is not supported")
