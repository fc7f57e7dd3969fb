from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.reverse_v2 import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ReverseV2Options
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def reversal(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (2, 3, 4),
    axes: tuple[int, ...] = (-1, 1),
    fed: bool = False,
) -> Case:
    """A REVERSE_V2 of random elements."""
    operands = [Operand(elements(np.random.default_rng(seed), kind[0], shape), kind[0]), integers(axes, fed=fed)]
    return one_op(BuiltinOperator.REVERSE_V2, operands, [Result(kind[0])], ReverseV2Options())


@st.composite
def reversals(draw: st.DrawFn) -> Case:
    shape = draw(shapes(1, 8, empty=False))
    first = draw(st.integers(0, len(shape) - 1))
    axes = range(first, draw(st.integers(first + 1, len(shape))))
    axes = [axis - draw(st.sampled_from([0, len(shape)])) for axis in draw(st.permutations(axes))]
    return reversal(
        draw(st.sampled_from(KINDS)),
        draw(st.integers(0, 2**32)),
        shape=shape,
        axes=tuple(axes),
        fed=draw(st.booleans()),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(reversal(kind, 0))


@settings(max_examples=60, deadline=None)
@given(reversals())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {kind[0]: reversal(kind, i) for i, kind in enumerate(KINDS)}


def test_golden() -> None:
    agrees_with_golden("reverse_v2")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"axes": (0, 2)}, "must follow one another"),
        ({"axes": (3,)}, "not in the range"),
        ({"axes": ()}, "must be a vector with an element"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = reversal(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(REVERSE_V2\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
