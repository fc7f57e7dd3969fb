from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.square import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SquareOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import kinds, shapes
from tests.ops.unary import unary

KINDS = kinds(OP)


def square(kind: tuple[str, ...], seed: int, shape: tuple[int, ...] = (2, 3, 40)) -> Case:
    """A SQUARE of random elements."""
    return unary(BuiltinOperator.SQUARE, kind, seed, shape, SquareOptions())


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(KINDS), st.integers(0, 2**32), shapes(0, 6))
def test_agrees(kind: tuple[str, ...], seed: int, shape: tuple[int, ...]) -> None:
    agree(square(kind, seed, shape))


def golden_cases() -> dict[str, Case]:
    return {kind[0]: square(kind, i) for i, kind in enumerate(KINDS)}


def test_golden() -> None:
    agrees_with_golden("square")


def test_refuses() -> None:
    refuses(square(("f16", "f16"), 0), "f16 -> f16 is not supported")
