from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import InvokeError, PrepareError
from pytflite.ops.slice import OP
from pytflite.plan.prepare import prepare
from pytflite.profiles import REFERENCE
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SliceOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def cut(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (2, 5),
    begin: tuple[int, ...] = (0, 1),
    size: tuple[int, ...] = (-1, 3),
    fed: tuple[bool, bool] = (False, False),
) -> Case:
    """A SLICE of random elements."""
    operands = [
        Operand(elements(np.random.default_rng(seed), kind[0], shape), kind[0]),
        integers(begin, kind[1], fed=fed[0]),
        integers(size, kind[1], fed=fed[1]),
    ]
    return one_op(BuiltinOperator.SLICE, operands, [Result(kind[0])], SliceOptions())


@st.composite
def cuts(draw: st.DrawFn) -> Case:
    shape = draw(shapes(1, 7))
    begin = tuple(draw(st.integers(0, extent)) for extent in shape)
    size = tuple(draw(st.integers(-1, extent - start)) for extent, start in zip(shape, begin, strict=True))
    return cut(
        draw(st.sampled_from(KINDS)),
        draw(st.integers(0, 2**32)),
        shape=shape,
        begin=begin,
        size=size,
        fed=draw(st.tuples(st.booleans(), st.booleans())),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(cut(kind, 0))


@settings(max_examples=60, deadline=None)
@given(cuts())
def test_agrees(subject: Case) -> None:
    agree(subject)


def test_agrees_when_the_box_changes_between_invokes() -> None:
    subject = cut(KINDS[0], 0, fed=(True, True))
    data = subject.inputs[0][0]
    boxes = [((0, 1), (-1, 3)), ((1, 2), (1, 3)), ((1, 0), (1, -1)), ((0, 1), (-1, 3)), ((0, 0), (2, 3))]
    agree(Case(subject.model, [(data, *(np.array(v, np.int32) for v in box)) for box in boxes]))


def test_a_moving_box_of_constant_size_is_planned_once() -> None:
    subject = cut(KINDS[0], 0, size=(1, 3), fed=(True, False))
    plan = prepare(subject.model, 0, REFERENCE)
    assert plan.is_static


def test_refuses_a_moving_box_that_leaves_the_input() -> None:
    subject = cut(KINDS[0], 0, begin=(0, 3), size=(1, 3), fed=(True, False))
    with pytest.raises(InvokeError, match=r"reach out of axis 1[\s\S]*Node number 0 \(SLICE\) failed to invoke"):
        evaluate(subject.model, subject.inputs, kernels=False)


def golden_cases() -> dict[str, Case]:
    return {"_".join(kind[:2]): cut(kind, i) for i, kind in enumerate(KINDS) if kind[0] != "str" and kind[1] == "i32"}


def test_golden() -> None:
    agrees_with_golden("slice")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"size": (-2, 3)}, "must be -1 or more"),
        ({"begin": (0,)}, "must have 2 elements"),
        ({"begin": (3, 0)}, "lies beyond"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = cut(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(SLICE\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
