from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.tile import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import TileOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def tiling(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (2, 3),
    times: tuple[int, ...] = (2, 3),
    fed: bool = False,
) -> Case:
    """A TILE of random elements."""
    operands = [
        Operand(elements(np.random.default_rng(seed), kind[0], shape), kind[0]),
        integers(times, kind[1], fed=fed),
    ]
    return one_op(BuiltinOperator.TILE, operands, [Result(kind[0])], TileOptions())


@st.composite
def tilings(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(KINDS))
    shape = draw(shapes(1, 1 if kind[0] == "str" else 5))
    times = tuple(draw(st.integers(0, 3)) for _ in shape)
    return tiling(kind, draw(st.integers(0, 2**32)), shape=shape, times=times, fed=draw(st.booleans()))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(tiling(kind, 0))


@settings(max_examples=60, deadline=None)
@given(tilings())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {kind[0]: tiling(kind, i) for i, kind in enumerate(KINDS) if kind[0] != "str" and kind[1] == "i32"}


def test_golden() -> None:
    agrees_with_golden("tile")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"times": (2,)}, "must have 2 elements"),
        ({"times": (2, -1)}, "must not be negative"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = tiling(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(TILE\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
