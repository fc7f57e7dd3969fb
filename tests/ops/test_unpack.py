from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.unpack import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import UnpackOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, kinds, one_op, shapes

KINDS = kinds(OP)


def unpack(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (3, 2),
    axis: int = 1,
    count: int = 2,
    scales: tuple[float, float] = (0.5, 0.5),
) -> Case:
    """An UNPACK of random elements; 8-bit and 16-bit integers are quantized."""
    before, after = ({"scale": scale} if kind[0] in ("i8", "u8", "i16") else {} for scale in scales)
    operand = Operand(elements(np.random.default_rng(seed), kind[0], shape), kind[0], quantization=before)
    results = [Result(kind[0], quantization=after)] * count
    return one_op(BuiltinOperator.UNPACK, [operand], results, UnpackOptions(num=count, axis=axis))


@st.composite
def unpacks(draw: st.DrawFn) -> Case:
    shape = draw(shapes(1, 5, empty=False))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    return unpack(draw(st.sampled_from(KINDS)), draw(st.integers(0, 2**32)), shape=shape, axis=axis, count=shape[axis])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(unpack(kind, 0))


@settings(max_examples=60, deadline=None)
@given(unpacks())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {kind[0]: unpack(kind, i) for i, kind in enumerate(KINDS)}


def test_golden() -> None:
    agrees_with_golden("unpack")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"axis": 2}, "not in the range"),
        ({"count": 3}, "has the size 2"),
        ({"shape": (0, 2)}, "must have elements"),
        ({"scales": (0.5, 0.25)}, "Quantization of output"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = unpack(("i8", "i8"), 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(UNPACK\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
