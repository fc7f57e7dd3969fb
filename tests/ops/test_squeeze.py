from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.squeeze import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SqueezeOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, kinds, one_op, shapes

KINDS = kinds(OP)


def squeeze(
    kind: tuple[str, ...], seed: int, *, shape: tuple[int, ...] = (1, 3, 1), axes: tuple[int, ...] = ()
) -> Case:
    """A SQUEEZE of random elements."""
    operand = Operand(elements(np.random.default_rng(seed), kind[0], shape), kind[0])
    return one_op(BuiltinOperator.SQUEEZE, [operand], [Result(kind[0])], SqueezeOptions(squeeze_dims=axes))


@st.composite
def squeezes(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(KINDS))
    shape = draw(shapes(1 if kind[0] == "str" else 0, 8))
    ones = [axis - draw(st.sampled_from([0, len(shape)])) for axis, size in enumerate(shape) if size == 1]
    axes = draw(st.lists(st.sampled_from(ones), max_size=4)) if ones else []
    return squeeze(kind, draw(st.integers(0, 2**32)), shape=shape, axes=tuple(axes))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(squeeze(kind, 0))


@settings(max_examples=60, deadline=None)
@given(squeezes())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {"_".join(kind[:-1]): squeeze(kind, i) for i, kind in enumerate(KINDS) if kind[0] != "str"}


def test_golden() -> None:
    agrees_with_golden("squeeze")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"axes": (1,)}, "must have the size 1"),
        ({"axes": (3,)}, "not in the range"),
        ({"shape": (1,) * 9}, "at most 8 dimensions"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = squeeze(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(SQUEEZE\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
