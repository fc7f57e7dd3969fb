from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.sign import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SignOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import kinds, shapes
from tests.ops.unary import unary

KINDS = kinds(OP)


def sign(kind: tuple[str, ...], seed: int, shape: tuple[int, ...] = (2, 3, 40)) -> Case:
    """A SIGN of random elements."""
    return unary(BuiltinOperator.SIGN, kind, seed, shape, SignOptions())


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KINDS), st.integers(0, 2**32), shapes(0, 6))
def test_agrees(kind: tuple[str, ...], seed: int, shape: tuple[int, ...]) -> None:
    agree(sign(kind, seed, shape))


def golden_cases() -> dict[str, Case]:
    return {kind[0]: sign(kind, i) for i, kind in enumerate(KINDS)}


def test_golden() -> None:
    agrees_with_golden("sign")


def test_refuses() -> None:
    refuses(sign(("f16", "f16"), 0), "f16 -> f16 is not supported")
