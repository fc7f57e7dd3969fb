from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.dynamic_update_slice import OP
from pytflite.plan.prepare import prepare
from pytflite.profiles import REFERENCE
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import DynamicUpdateSliceOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def update(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (3, 4),
    box: tuple[int, ...] = (2, 3),
    start: tuple[int, ...] = (1, 0),
    fed: bool = True,
) -> Case:
    """A DYNAMIC_UPDATE_SLICE of random elements."""
    rng = np.random.default_rng(seed)
    operands = [
        Operand(elements(rng, kind[0], shape), kind[0]),
        Operand(elements(rng, kind[0], box), kind[0]),
        integers(start, kind[2], fed=fed),
    ]
    return one_op(BuiltinOperator.DYNAMIC_UPDATE_SLICE, operands, [Result(kind[0])], DynamicUpdateSliceOptions())


@st.composite
def updates(draw: st.DrawFn) -> Case:
    shape = draw(shapes(1, 6, empty=False))
    return update(
        draw(st.sampled_from(KINDS)),
        draw(st.integers(0, 2**32)),
        shape=shape,
        box=tuple(draw(st.integers(1, size)) for size in shape),
        start=tuple(draw(st.integers(-3, 7)) for _ in shape),
        fed=draw(st.booleans()),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(update(kind, 0))


@settings(max_examples=60, deadline=None)
@given(updates())
def test_agrees(subject: Case) -> None:
    agree(subject)


def test_agrees_when_the_start_changes_between_invokes() -> None:
    subject = update(KINDS[0], 0)
    operand, box, _ = subject.inputs[0]
    starts = [np.array(start, np.int32) for start in ((0, 0), (1, 1), (9, -9))]
    assert prepare(subject.model, 0, REFERENCE).is_static
    agree(Case(subject.model, [(operand, box, start) for start in starts]))


def golden_cases() -> dict[str, Case]:
    return {kind[0]: update(kind, i) for i, kind in enumerate(KINDS) if kind[2] == "i32"}


def test_golden() -> None:
    agrees_with_golden("dynamic_update_slice")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"box": (2, 5)}, "must fit into operand"),
        ({"box": (2,)}, "must fit into operand"),
        ({"start": (1,)}, "must be a vector of 2 elements"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = update(KINDS[0], 0, **change)
    with pytest.raises(
        PrepareError, match=rf"{message}[\s\S]*Node number 0 \(DYNAMIC_UPDATE_SLICE\) failed to prepare"
    ):
        evaluate(subject.model, subject.inputs, kernels=False)
