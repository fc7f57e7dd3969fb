from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import InvokeError, PrepareError
from pytflite.model.dtypes import dtype_from_letter
from pytflite.ops.unique import OP
from pytflite.schema.enums import BuiltinOperator, TensorType
from pytflite.schema.tables import UniqueOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, kinds, one_op, shapes

KINDS = kinds(OP)


def unique(kind: tuple[str, ...], seed: int, *, shape: tuple[int, ...] = (9,), out: TensorType | None = None) -> Case:
    """A UNIQUE of random elements, many of them equal."""
    rng = np.random.default_rng(seed)
    few = elements(rng, kind[0], (4,))
    few[few != few] = 0
    options = UniqueOptions(idx_out_type=dtype_from_letter(kind[2]).type if out is None else out)
    operand = Operand(rng.choice(np.concatenate([few, np.zeros_like(few), -few]), shape), kind[0])
    return one_op(BuiltinOperator.UNIQUE, [operand], [Result(kind[1]), Result(kind[2])], options)


@st.composite
def uniques(draw: st.DrawFn) -> Case:
    return unique(draw(st.sampled_from(KINDS)), draw(st.integers(0, 2**32)), shape=draw(shapes(1, 1)))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(unique(kind, 0))


@settings(max_examples=60, deadline=None)
@given(uniques())
def test_agrees(subject: Case) -> None:
    agree(subject)


def test_refuses_nan() -> None:
    operand = Operand(np.array([1, np.nan], np.float32), "f32")
    subject = one_op(BuiltinOperator.UNIQUE, [operand], [Result("f32"), Result("i32")], UniqueOptions())
    with pytest.raises(InvokeError, match=r"NaN[\s\S]*Node number 0 \(UNIQUE\) failed to invoke"):
        evaluate(subject.model, subject.inputs, kernels=False)


def golden_cases() -> dict[str, Case]:
    return {f"{kind[0]}_{kind[2]}": unique(kind, i) for i, kind in enumerate(KINDS)}


def test_golden() -> None:
    agrees_with_golden("unique")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape": (2, 2)}, "must be a vector"),
        ({"out": TensorType.INT64}, "must have the idx_out_type"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = unique(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(UNIQUE\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
