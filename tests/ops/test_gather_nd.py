from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import InvokeError, PrepareError
from pytflite.ops.gather_nd import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import GatherNdOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def gather(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (2, 3, 4),
    wanted: tuple[int, ...] = (3,),
    count: int = 2,
    fed: bool = True,
    beyond: int = 0,
) -> Case:
    """A GATHER_ND of random elements at random coordinates."""
    rng = np.random.default_rng(seed)
    indices = rng.integers(0, np.resize(shape or 1, count), (*wanted, count)) + beyond
    operands = [Operand(elements(rng, kind[0], shape), kind[0]), integers(indices, kind[1], fed=fed)]
    return one_op(BuiltinOperator.GATHER_ND, operands, [Result(kind[0])], GatherNdOptions())


@st.composite
def gathers(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(KINDS))
    shape = draw(shapes(1, 5, empty=False))
    wanted = draw(shapes(1 if kind[0] == "str" else 0, 2))
    count = draw(st.integers(1, len(shape)))
    return gather(kind, draw(st.integers(0, 2**32)), shape=shape, wanted=wanted, count=count, fed=draw(st.booleans()))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(gather(kind, 0))


@settings(max_examples=60, deadline=None)
@given(gathers())
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("beyond", [-3, 3])
def test_refuses_coordinates_outside_of_the_tensor(beyond: int) -> None:
    subject = gather(KINDS[0], 0, beyond=beyond)
    with pytest.raises(InvokeError, match=r"index out of bounds[\s\S]*Node number 0 \(GATHER_ND\) failed to invoke"):
        evaluate(subject.model, subject.inputs, kernels=False)


def golden_cases() -> dict[str, Case]:
    return {"_".join(kind[:2]): gather(kind, i) for i, kind in enumerate(KINDS) if kind[0] != "str"}


def test_golden() -> None:
    agrees_with_golden("gather_nd")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"count": 0}, "gives 0 coordinates"),
        ({"count": 4}, "gives 4 coordinates"),
        ({"shape": ()}, "at least a vector"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = gather(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(GATHER_ND\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
