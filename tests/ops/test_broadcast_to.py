from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.broadcast_to import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import BroadcastToOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def broadcast(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (2, 1),
    wanted: tuple[int, ...] = (3, 2, 4),
    fed: bool = False,
) -> Case:
    """A BROADCAST_TO of random elements."""
    operands = [
        Operand(elements(np.random.default_rng(seed), kind[0], shape), kind[0]),
        integers(wanted, kind[1], fed=fed),
    ]
    return one_op(BuiltinOperator.BROADCAST_TO, operands, [Result(kind[0])], BroadcastToOptions())


@st.composite
def broadcasts(draw: st.DrawFn) -> Case:
    wanted = draw(shapes(1, 8, empty=False))
    shape = tuple(size if draw(st.booleans()) else 1 for size in wanted[draw(st.integers(0, len(wanted))) :])
    return broadcast(
        draw(st.sampled_from(KINDS)), draw(st.integers(0, 2**32)), shape=shape, wanted=wanted, fed=draw(st.booleans())
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(broadcast(kind, 0))


@settings(max_examples=60, deadline=None)
@given(broadcasts())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {kind[0]: broadcast(kind, i) for i, kind in enumerate(KINDS) if kind[1] == "i32"}


def test_golden() -> None:
    agrees_with_golden("broadcast_to")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"wanted": (2,)}, "must be broadcastable"),
        ({"wanted": (3, 4)}, "must be broadcastable"),
        ({"wanted": (1,) * 9}, "at most 8 elements"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = broadcast(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(BROADCAST_TO\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
