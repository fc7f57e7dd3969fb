from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.transpose import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import TransposeOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def transposition(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (2, 3, 4),
    perm: tuple[int, ...] = (2, 0, -2),
    fed: bool = False,
) -> Case:
    """A TRANSPOSE of random elements."""
    operands = [
        Operand(elements(np.random.default_rng(seed), kind[0], shape), kind[0]),
        integers(perm, kind[1], fed=fed),
    ]
    return one_op(BuiltinOperator.TRANSPOSE, operands, [Result(kind[0])], TransposeOptions())


@st.composite
def transpositions(draw: st.DrawFn) -> Case:
    shape = draw(shapes(1, 8))
    perm = [axis - draw(st.sampled_from([0, len(shape)])) for axis in draw(st.permutations(range(len(shape))))]
    return transposition(
        draw(st.sampled_from(KINDS)),
        draw(st.integers(0, 2**32)),
        shape=shape,
        perm=tuple(perm),
        fed=draw(st.booleans()),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(transposition(kind, 0))


@settings(max_examples=60, deadline=None)
@given(transpositions())
def test_agrees(subject: Case) -> None:
    agree(subject)


def test_agrees_when_perm_changes_between_invokes() -> None:
    subject = transposition(KINDS[0], 0, fed=True)
    data = subject.inputs[0][0]
    agree(
        Case(subject.model, [(data, np.array(perm, np.int32)) for perm in ((0, 1, 2), (2, 1, 0), (0, 1, 2), (1, 2, 0))])
    )


def golden_cases() -> dict[str, Case]:
    return {kind[0]: transposition(kind, i) for i, kind in enumerate(KINDS) if kind[1] == "i32"}


def test_golden() -> None:
    agrees_with_golden("transpose")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"perm": (0, 1)}, "must have 3 elements"),
        ({"perm": (0, 1, 3)}, "not in the range"),
        ({"perm": (0, 1, 1)}, "must name every axis"),
        ({"shape": (1,) * 9, "perm": tuple(range(9))}, "at most 8 dimensions"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = transposition(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(TRANSPOSE\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
