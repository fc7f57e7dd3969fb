from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import InvokeError, PrepareError
from pytflite.ops.scatter_nd import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ScatterNdOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def scatter(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (2, 3),
    wanted: tuple[int, ...] = (5,),
    count: int = 1,
    fed: bool = False,
    beyond: int = 0,
    updates: tuple[int, ...] | None = None,
) -> Case:
    """A SCATTER_ND of random elements at random coordinates, many of them the same."""
    rng = np.random.default_rng(seed)
    indices = rng.integers(0, np.resize(shape, count), (*wanted, count)) + beyond
    operands = [
        integers(indices, fed=True),
        Operand(elements(rng, kind[1], (*wanted, *shape[count:]) if updates is None else updates), kind[1]),
        integers(shape, fed=fed),
    ]
    return one_op(BuiltinOperator.SCATTER_ND, operands, [Result(kind[1])], ScatterNdOptions())


@st.composite
def scatters(draw: st.DrawFn) -> Case:
    shape = draw(shapes(1, 4, empty=False))
    count = draw(st.integers(1, len(shape)))
    wanted = draw(shapes(1, 2, empty=False))
    return scatter(
        draw(st.sampled_from(KINDS)),
        draw(st.integers(0, 2**32)),
        shape=shape,
        wanted=wanted,
        count=count,
        fed=draw(st.booleans()),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(scatter(kind, 0))


@settings(max_examples=60, deadline=None)
@given(scatters())
def test_agrees(subject: Case) -> None:
    agree(subject)


def test_agrees_where_no_coordinate_adds_everywhere() -> None:
    agree(scatter(KINDS[0], 0, count=0))


@pytest.mark.parametrize("beyond", [-2, 2])
def test_refuses_coordinates_outside_of_the_output(beyond: int) -> None:
    subject = scatter(KINDS[0], 0, beyond=beyond)
    with pytest.raises(InvokeError, match=r"index out of bounds[\s\S]*Node number 0 \(SCATTER_ND\) failed to invoke"):
        evaluate(subject.model, subject.inputs, kernels=False)


def golden_cases() -> dict[str, Case]:
    return {kind[1]: scatter(kind, i) for i, kind in enumerate(KINDS)}


def test_golden() -> None:
    agrees_with_golden("scatter_nd")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"count": 3, "updates": (5,)}, "gives 3 coordinates of 2"),
        ({"updates": (4, 3)}, "must have the shape"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = scatter(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(SCATTER_ND\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
