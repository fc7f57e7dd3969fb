from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.select_v2 import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SelectV2Options
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, kinds, one_op, shapes

KINDS = kinds(OP)


def choice(
    kind: tuple[str, ...],
    seed: int,
    *,
    condition: tuple[int, ...] = (2, 3),
    x: tuple[int, ...] = (2, 3),
    y: tuple[int, ...] = (2, 3),
    output: tuple[int, ...] = (),
) -> Case:
    """A SELECT_V2 of random elements."""
    rng = np.random.default_rng(seed)
    letters = zip(kind, (condition, x, y), strict=False)
    operands = [Operand(elements(rng, letter, shape), letter) for letter, shape in letters]
    return one_op(BuiltinOperator.SELECT_V2, operands, [Result(kind[1], output)], SelectV2Options())


@st.composite
def choices(draw: st.DrawFn) -> Case:
    shape = draw(shapes(1, 8))
    parts = [
        tuple(size if draw(st.booleans()) else 1 for size in shape[draw(st.integers(0, len(shape) - 1)) :])
        for _ in range(3)
    ]
    kind = draw(st.sampled_from(KINDS))
    return choice(kind, draw(st.integers(0, 2**32)), condition=parts[0], x=parts[1], y=parts[2])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(choice(kind, 0))


@settings(max_examples=60, deadline=None)
@given(choices())
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("output", [(), (1,), (1, 1, 1), (2,)])
def test_agrees_on_single_elements_of_mixed_shapes(output: tuple[int, ...]) -> None:
    agree(choice(KINDS[0], 0, condition=(1,), x=(1, 1), y=(1, 1), output=output))


def golden_cases() -> dict[str, Case]:
    cases = {kind[1]: choice(kind, i) for i, kind in enumerate(KINDS)}
    cases["broadcast"] = choice(KINDS[0], 9, condition=(2, 1), x=(1, 3), y=())
    return cases


def test_golden() -> None:
    agrees_with_golden("select_v2")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": (2, 2)}, "cannot be broadcast to one shape"),
        ({"x": (1,) * 9}, "At most 8 dimensions"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = choice(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(SELECT_V2\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
