from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.one_hot import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import OneHotOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def one_hot(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (2, 3),
    depth: int = 4,
    axis: int = -1,
    fed: bool = False,
) -> Case:
    """A ONE_HOT of random indices, some of them outside of the vectors."""
    rng = np.random.default_rng(seed)
    operands = [
        integers(rng.integers(-2, max(depth, 0) + 2, shape), kind[0], fed=True),
        integers(depth, kind[1], fed=fed),
        *(Operand(elements(rng, kind[2], ()), kind[2]) for _ in range(2)),
    ]
    return one_op(BuiltinOperator.ONE_HOT, operands, [Result(kind[2])], OneHotOptions(axis=axis))


@st.composite
def one_hots(draw: st.DrawFn) -> Case:
    shape = draw(shapes(0, 4))
    return one_hot(
        draw(st.sampled_from(KINDS)),
        draw(st.integers(0, 2**32)),
        shape=shape,
        depth=draw(st.integers(0, 5)),
        axis=draw(st.integers(-1, len(shape))),
        fed=draw(st.booleans()),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(one_hot(kind, 0))


@settings(max_examples=60, deadline=None)
@given(one_hots())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {f"{kind[0]}_{kind[2]}": one_hot(kind, i) for i, kind in enumerate(KINDS) if kind[1] == "i32"}


def test_golden() -> None:
    agrees_with_golden("one_hot")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"axis": 3}, "not in the range"),
        ({"depth": -1}, "must not be negative"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = one_hot(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(ONE_HOT\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
