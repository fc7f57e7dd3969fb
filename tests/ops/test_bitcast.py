from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.model.dtypes import dtype_from_letter
from pytflite.ops.bitcast import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import BitcastOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, kinds, one_op, shapes

KINDS = kinds(OP)


def bitcast(kind: tuple[str, ...], seed: int, *, shape: tuple[int, ...] = (2, 3)) -> Case:
    """A BITCAST of random elements; a last dimension is added where it must hold the parts of a wider type."""
    sizes = [dtype_from_letter(letter).bits for letter in kind]
    if sizes[1] > sizes[0]:
        shape = (*shape, sizes[1] // sizes[0])
    operand = Operand(elements(np.random.default_rng(seed), kind[0], shape), kind[0])
    return one_op(BuiltinOperator.BITCAST, [operand], [Result(kind[1])], BitcastOptions())


@st.composite
def bitcasts(draw: st.DrawFn) -> Case:
    return bitcast(draw(st.sampled_from(KINDS)), draw(st.integers(0, 2**32)), shape=draw(shapes(0, 4)))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(bitcast(kind, 0))


@settings(max_examples=60, deadline=None)
@given(bitcasts())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {
        "_".join(kind): bitcast(kind, i) for i, kind in enumerate(KINDS) if set(kind) <= {"f32", "f64", "i8", "u32"}
    }


def test_golden() -> None:
    agrees_with_golden("bitcast")


def test_refuses() -> None:
    operand = Operand(np.zeros((2, 3), np.int8), "i8")
    subject = one_op(BuiltinOperator.BITCAST, [operand], [Result("i32")], BitcastOptions())
    with pytest.raises(PrepareError, match=r"must be 4[\s\S]*Node number 0 \(BITCAST\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
