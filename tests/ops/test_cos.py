from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.cos import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import CosOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import kinds, shapes
from tests.ops.unary import unary

KINDS = kinds(OP)


def cosine(kind: tuple[str, ...], seed: int, shape: tuple[int, ...] = (2, 3, 40)) -> Case:
    """A COS of random elements."""
    return unary(BuiltinOperator.COS, kind, seed, shape, CosOptions())


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(KINDS), st.integers(0, 2**32), shapes(0, 6))
def test_agrees(kind: tuple[str, ...], seed: int, shape: tuple[int, ...]) -> None:
    agree(cosine(kind, seed, shape))


def golden_cases() -> dict[str, Case]:
    return {kind[0]: cosine(kind, i) for i, kind in enumerate(KINDS)}


def test_golden() -> None:
    agrees_with_golden("cos")


def test_refuses() -> None:
    refuses(cosine(("f64", "f64"), 0), "f64 -> f64 is not supported")
