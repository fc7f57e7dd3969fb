from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.neg import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import NegOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import kinds, shapes
from tests.ops.unary import unary

KINDS = kinds(OP)


def negation(kind: tuple[str, ...], seed: int, shape: tuple[int, ...] = (2, 3, 40)) -> Case:
    """A NEG of random elements."""
    return unary(BuiltinOperator.NEG, kind, seed, shape, NegOptions())


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(KINDS), st.integers(0, 2**32), shapes(0, 6))
def test_agrees(kind: tuple[str, ...], seed: int, shape: tuple[int, ...]) -> None:
    agree(negation(kind, seed, shape))


def golden_cases() -> dict[str, Case]:
    return {kind[0]: negation(kind, i) for i, kind in enumerate(KINDS)}


def test_golden() -> None:
    agrees_with_golden("neg")


def test_refuses() -> None:
    refuses(negation(("u8", "u8"), 0), "u8 -> u8 is not supported")
