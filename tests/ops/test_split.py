from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.split import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SplitOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def split(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (2, 4),
    axis: int | list[int] = 1,
    parts: int = 2,
    fed: bool = False,
) -> Case:
    """A SPLIT of random elements."""
    operands = [
        integers(axis, kind[0], fed=fed),
        Operand(elements(np.random.default_rng(seed), kind[1], shape), kind[1]),
    ]
    return one_op(BuiltinOperator.SPLIT, operands, [Result(kind[1])] * parts, SplitOptions(num_splits=parts))


@st.composite
def splits(draw: st.DrawFn) -> Case:
    shape = list(draw(shapes(1, 5)))
    axis, parts = draw(st.integers(0, len(shape) - 1)), draw(st.integers(1, 4))
    shape[axis] *= parts
    axis -= draw(st.sampled_from([0, len(shape)]))
    return split(
        draw(st.sampled_from(KINDS)),
        draw(st.integers(0, 2**32)),
        shape=tuple(shape),
        axis=draw(st.sampled_from([axis, [axis]])),
        parts=parts,
        fed=draw(st.booleans()),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(split(kind, 0))


@settings(max_examples=60, deadline=None)
@given(splits())
def test_agrees(subject: Case) -> None:
    agree(subject)


def test_agrees_when_the_axis_changes_between_invokes() -> None:
    subject = split(KINDS[0], 0, fed=True)
    data = subject.inputs[0][1]
    agree(Case(subject.model, [(np.array(axis, np.int32), data) for axis in (0, 1, -2, 0)]))


def golden_cases() -> dict[str, Case]:
    return {kind[1]: split(kind, i) for i, kind in enumerate(KINDS) if kind[0] == "i32"}


def test_golden() -> None:
    agrees_with_golden("split")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"axis": 2}, "not in the range"),
        ({"parts": 3}, "cannot be split into 3 equal parts"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = split(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(SPLIT\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
