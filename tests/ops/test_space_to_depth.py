from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.space_to_depth import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SpaceToDepthOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, kinds, one_op, shapes

KINDS = kinds(OP)


def rearrangement(kind: tuple[str, ...], seed: int, *, shape: tuple[int, ...] = (1, 4, 2, 3), block: int = 2) -> Case:
    """A SPACE_TO_DEPTH of random elements."""
    operand = Operand(elements(np.random.default_rng(seed), kind[0], shape), kind[0])
    return one_op(BuiltinOperator.SPACE_TO_DEPTH, [operand], [Result(kind[0])], SpaceToDepthOptions(block_size=block))


@st.composite
def rearrangements(draw: st.DrawFn) -> Case:
    block = draw(st.integers(1, 3))
    batch, height, width, channels = draw(shapes(4, 4))
    shape = batch, height * block, width * block, channels
    return rearrangement(draw(st.sampled_from(KINDS)), draw(st.integers(0, 2**32)), shape=shape, block=block)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(rearrangement(kind, 0))


@settings(max_examples=60, deadline=None)
@given(rearrangements())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {kind[0]: rearrangement(kind, i) for i, kind in enumerate(KINDS)}


def test_golden() -> None:
    agrees_with_golden("space_to_depth")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape": (2, 2, 4)}, "must have 4 dimensions"),
        ({"block": 0}, "must be positive"),
        ({"block": 3}, "must be multiples of 3"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = rearrangement(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(SPACE_TO_DEPTH\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
