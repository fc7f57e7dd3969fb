from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.split_v import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SplitVOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def split(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (2, 5),
    sizes: tuple[int, ...] = (1, -1, 2),
    axis: int = 1,
    fed: tuple[bool, bool] = (False, False),
) -> Case:
    """A SPLIT_V of random elements."""
    operands = [
        Operand(elements(np.random.default_rng(seed), kind[0], shape), kind[0]),
        integers(sizes, kind[1], fed=fed[0]),
        integers(axis, kind[2], fed=fed[1]),
    ]
    options = SplitVOptions(num_splits=len(sizes))
    return one_op(BuiltinOperator.SPLIT_V, operands, [Result(kind[0])] * len(sizes), options)


@st.composite
def splits(draw: st.DrawFn) -> Case:
    shape = list(draw(shapes(1, 5)))
    axis, sizes = draw(st.integers(0, len(shape) - 1)), list(draw(shapes(1, 4)))
    shape[axis] = sum(sizes)
    if draw(st.booleans()):
        sizes[draw(st.integers(0, len(sizes) - 1))] = -1
    return split(
        draw(st.sampled_from(KINDS)),
        draw(st.integers(0, 2**32)),
        shape=tuple(shape),
        sizes=tuple(sizes),
        axis=axis - draw(st.sampled_from([0, len(shape)])),
        fed=draw(st.tuples(st.booleans(), st.booleans())),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(split(kind, 0))


@settings(max_examples=60, deadline=None)
@given(splits())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {"_".join(kind[:2]): split(kind, i) for i, kind in enumerate(KINDS) if kind[2] == "i32"}


def test_golden() -> None:
    agrees_with_golden("split_v")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"axis": 2}, "not in the range"),
        ({"sizes": (-1, -1)}, "may hold one -1"),
        ({"sizes": (2, 2)}, "do not add up to 5"),
        ({"sizes": (6, -1)}, "do not add up to 5"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = split(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(SPLIT_V\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
