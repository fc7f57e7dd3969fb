from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.model.dtypes import dtype_from_letter
from pytflite.ops.range import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import RangeOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, kinds, one_op

KINDS = kinds(OP)


def steps(
    kind: tuple[str, ...], seed: int, *, start: float = -2, limit: float = 9, delta: float = 3, fed: bool = True
) -> Case:
    """A RANGE."""
    dtype = dtype_from_letter(kind[0]).numpy
    operands = [Operand(np.array(value, dtype), kind[0], fed) for value in (start, limit, delta)]
    return one_op(BuiltinOperator.RANGE, operands, [Result(kind[0])], RangeOptions())


@st.composite
def ranges(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(KINDS))
    if kind[0] == "f32":
        numbers = st.floats(-100, 100, width=32)
        start, delta = draw(numbers), draw(st.floats(np.float32(0.01), 100, width=32))
        limit = start + draw(st.floats(0, 60)) * delta
    else:
        start, delta = draw(st.integers(-100, 100)), draw(st.integers(1, 20))
        limit = start + draw(st.integers(0, 100))
    if draw(st.booleans()):
        start, limit, delta = -start, -limit, -delta
    return steps(kind, 0, start=start, limit=limit, delta=delta, fed=draw(st.booleans()))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(steps(kind, 0))


@settings(max_examples=60, deadline=None)
@given(ranges())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {"_".join(kind): steps(kind, i) for i, kind in enumerate(KINDS)}


def test_golden() -> None:
    agrees_with_golden("range")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"delta": 0}, "do not lead from"),
        ({"delta": -1}, "do not lead from"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = steps(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(RANGE\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
