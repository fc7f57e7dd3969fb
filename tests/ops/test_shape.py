from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.model.dtypes import dtype_from_letter
from pytflite.ops.shape import OP
from pytflite.schema.enums import BuiltinOperator, TensorType
from pytflite.schema.tables import ShapeOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, kinds, one_op, shapes

KINDS = kinds(OP)


def shape(kind: tuple[str, ...], seed: int, *, sizes: tuple[int, ...] = (2, 3), out: TensorType | None = None) -> Case:
    """A SHAPE of random elements."""
    operand = Operand(elements(np.random.default_rng(seed), kind[0], sizes), kind[0])
    out_type = dtype_from_letter(kind[1]).type if out is None else out
    return one_op(BuiltinOperator.SHAPE, [operand], [Result(kind[1])], ShapeOptions(out_type=out_type))


@st.composite
def shape_cases(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(KINDS))
    sizes = draw(shapes(1 if kind[0] == "str" else 0, 6))
    return shape(kind, draw(st.integers(0, 2**32)), sizes=sizes)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(shape(kind, 0))


@settings(max_examples=60, deadline=None)
@given(shape_cases())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {"_".join(kind): shape(kind, i) for i, kind in enumerate(KINDS) if kind[0] in ("f32", "i4", "i8")}


def test_golden() -> None:
    agrees_with_golden("shape")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"out": TensorType.INT64}, "must have the out_type of the options, INT64"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = shape(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(SHAPE\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
