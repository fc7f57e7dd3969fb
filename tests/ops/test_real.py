from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.real import OP
from pytflite.schema.enums import BuiltinOperator
from tests.ops.complexes import complex_case
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import kinds, shapes
from tests.ops.pairs import Shape

KINDS = kinds(OP)


def real_part(kind: tuple[str, ...], seed: int, shape: Shape = (2, 3, 40)) -> Case:
    """A REAL of random elements."""
    return complex_case(BuiltinOperator.REAL, kind, seed, shape)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(KINDS), st.integers(0, 2**32), shapes(0, 6))
def test_agrees(kind: tuple[str, ...], seed: int, shape: Shape) -> None:
    agree(real_part(kind, seed, shape))


def golden_cases() -> dict[str, Case]:
    return {kind[0]: real_part(kind, i) for i, kind in enumerate(KINDS)}


def test_golden() -> None:
    agrees_with_golden("real")


def test_refuses() -> None:
    refuses(real_part(("c64", "f64"), 0), "c64 -> f64 is not supported")
