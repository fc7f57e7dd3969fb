from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.topk_v2 import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import TopKV2Options
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def topk(
    kind: tuple[str, ...], seed: int, *, shape: tuple[int, ...] = (2, 6), k: int | list[int] = 3, fed: bool = False
) -> Case:
    """A TOPK_V2 of random elements, some of them equal."""
    rng = np.random.default_rng(seed)
    drawn = elements(rng, kind[0], shape)
    value = np.where(rng.random(shape) < 0.3, drawn.ravel()[:1].sum(), drawn).astype(drawn.dtype)
    operands = [Operand(value, kind[0]), integers(k, kind[1], fed=fed)]
    return one_op(BuiltinOperator.TOPK_V2, operands, [Result(kind[2]), Result(kind[3])], TopKV2Options())


@st.composite
def topks(draw: st.DrawFn) -> Case:
    shape = draw(shapes(1, 4, empty=False))
    return topk(
        draw(st.sampled_from(KINDS)),
        draw(st.integers(0, 2**32)),
        shape=shape,
        k=draw(st.integers(-1, shape[-1])),
        fed=draw(st.booleans()),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(topk(kind, 0))


@settings(max_examples=60, deadline=None)
@given(topks())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {"_".join((kind[0], *kind[1::2])): topk(kind, i) for i, kind in enumerate(KINDS) if kind[1] == kind[3]}


def test_golden() -> None:
    agrees_with_golden("topk_v2")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"k": 7}, "higher than the last dimension"),
        ({"k": [1, 2]}, "must have one element"),
        ({"shape": (), "k": 1}, "at least 1 dimension"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = topk(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(TOPK_V2\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
