from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.sin import OP
from pytflite.schema.enums import BuiltinOperator
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import kinds, shapes
from tests.ops.unary import unary

KINDS = kinds(OP)


def sine(kind: tuple[str, ...], seed: int, shape: tuple[int, ...] = (2, 3, 40)) -> Case:
    """A SIN of random elements."""
    return unary(BuiltinOperator.SIN, kind, seed, shape)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(KINDS), st.integers(0, 2**32), shapes(0, 6))
def test_agrees(kind: tuple[str, ...], seed: int, shape: tuple[int, ...]) -> None:
    agree(sine(kind, seed, shape))


def golden_cases() -> dict[str, Case]:
    return {kind[0]: sine(kind, i) for i, kind in enumerate(KINDS)}


def test_golden() -> None:
    agrees_with_golden("sin")


def test_refuses() -> None:
    refuses(sine(("f64", "f64"), 0), "f64 -> f64 is not supported")
