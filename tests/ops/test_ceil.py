from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.ceil import OP
from pytflite.schema.enums import BuiltinOperator
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import kinds, shapes
from tests.ops.unary import unary

KINDS = kinds(OP)


def ceiling(kind: tuple[str, ...], seed: int, shape: tuple[int, ...] = (2, 3, 40)) -> Case:
    """A CEIL of random elements."""
    return replace(unary(BuiltinOperator.CEIL, kind, seed, shape), resolver="BUILTIN_WITHOUT_DEFAULT_DELEGATES")


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(KINDS), st.integers(0, 2**32), shapes(0, 6))
def test_agrees(kind: tuple[str, ...], seed: int, shape: tuple[int, ...]) -> None:
    agree(ceiling(kind, seed, shape))


def golden_cases() -> dict[str, Case]:
    return {kind[0]: ceiling(kind, i) for i, kind in enumerate(KINDS)}


def test_golden() -> None:
    agrees_with_golden("ceil")


def test_refuses() -> None:
    refuses(ceiling(("f16", "f16"), 0), "f16 -> f16 is not supported")
