from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.imag import OP
from pytflite.schema.enums import BuiltinOperator
from tests.ops.complexes import complex_case
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import kinds, shapes
from tests.ops.pairs import Shape

KINDS = kinds(OP)


def imaginary_part(kind: tuple[str, ...], seed: int, shape: Shape = (2, 3, 40)) -> Case:
    """An IMAG of random elements."""
    return complex_case(BuiltinOperator.IMAG, kind, seed, shape)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(KINDS), st.integers(0, 2**32), shapes(0, 6))
def test_agrees(kind: tuple[str, ...], seed: int, shape: Shape) -> None:
    agree(imaginary_part(kind, seed, shape))


def golden_cases() -> dict[str, Case]:
    return {kind[0]: imaginary_part(kind, i) for i, kind in enumerate(KINDS)}


def test_golden() -> None:
    agrees_with_golden("imag")


def test_refuses() -> None:
    refuses(imaginary_part(("c64", "f64"), 0), "c64 -> f64 is not supported")
