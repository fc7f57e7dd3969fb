from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import InvokeError, PrepareError
from pytflite.ops.broadcast_args import OP
from pytflite.schema.enums import BuiltinOperator
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Result, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def meeting(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape1: tuple[int, ...] = (3, 1, 2),
    shape2: tuple[int, ...] = (4, 1),
    fed: bool = True,
) -> Case:
    """A BROADCAST_ARGS of two shapes."""
    operands = [integers(shape1, kind[0], fed=fed), integers(shape2, kind[0], fed=True)]
    return one_op(BuiltinOperator.BROADCAST_ARGS, operands, [Result(kind[0])])


@st.composite
def meetings(draw: st.DrawFn) -> Case:
    common = draw(shapes(1, 6))
    one, other = (
        tuple(size if draw(st.booleans()) else 1 for size in common[draw(st.integers(0, len(common) - 1)) :])
        for _ in "12"
    )
    return meeting(draw(st.sampled_from(KINDS)), 0, shape1=one, shape2=other, fed=draw(st.booleans()))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(meeting(kind, 0))


@settings(max_examples=60, deadline=None)
@given(meetings())
def test_agrees(subject: Case) -> None:
    agree(subject)


def test_refuses_shapes_that_do_not_meet() -> None:
    subject = meeting(KINDS[0], 0, shape1=(3, 2), shape2=(4, 2))
    message = r"cannot be broadcast together[\s\S]*Node number 0 \(BROADCAST_ARGS\) failed to invoke"
    with pytest.raises(InvokeError, match=message):
        evaluate(subject.model, subject.inputs, kernels=False)


def golden_cases() -> dict[str, Case]:
    return {"_".join(kind): meeting(kind, i) for i, kind in enumerate(KINDS)}


def test_golden() -> None:
    agrees_with_golden("broadcast_args")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape1": 3}, "must be a vector"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = meeting(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(BROADCAST_ARGS\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
