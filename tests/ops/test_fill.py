from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.fill import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import FillOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def filling(
    kind: tuple[str, ...],
    seed: int,
    *,
    dims: tuple[int, ...] | int = (2, 3),
    fed: bool = False,
    shape: tuple[int, ...] = (),
    scales: tuple[float, float] = (0.5, 0.5),
) -> Case:
    """A FILL with a random value; strings, which cannot be fed as scalars, are constants."""
    before, after = ({"scale": scale} if kind[1] in ("i8", "u8", "i16") else {} for scale in scales)
    value = elements(np.random.default_rng(seed), kind[1], shape)
    operands = [integers(dims, kind[0], fed=fed), Operand(value, kind[1], kind[1] != "str", before)]
    return one_op(BuiltinOperator.FILL, operands, [Result(kind[1], quantization=after)], FillOptions())


@st.composite
def fillings(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(KINDS))
    return filling(kind, draw(st.integers(0, 2**32)), dims=draw(shapes(1, 5)), fed=draw(st.booleans()))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(filling(kind, 0))


@settings(max_examples=60, deadline=None)
@given(fillings())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {kind[1]: filling(kind, i) for i, kind in enumerate(KINDS) if kind[0] == "i32" and kind[1] != "str"}


def test_golden() -> None:
    agrees_with_golden("fill")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dims": (2, -1)}, "must not be negative"),
        ({"dims": 2}, "must be a vector"),
        ({"shape": (1,)}, "must be a scalar"),
        ({"scales": (0.5, 0.25)}, "Quantization of value"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = filling(("i32", "i8", "i8"), 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(FILL\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
