from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.expand_dims import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ExpandDimsOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def expansion(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (2, 3),
    axis: int | list[int] = -1,
    fed: bool = False,
    scales: tuple[float, float] = (0.5, 0.5),
) -> Case:
    """An EXPAND_DIMS of random elements; 8-bit and 16-bit integers are quantized."""
    before, after = ({"scale": scale} if kind[0] in ("i8", "u8", "i16") else {} for scale in scales)
    data = elements(np.random.default_rng(seed), kind[0], shape)
    operands = [Operand(data, kind[0], quantization=before), integers(axis, kind[1], fed=fed)]
    return one_op(BuiltinOperator.EXPAND_DIMS, operands, [Result(kind[0], quantization=after)], ExpandDimsOptions())


@st.composite
def expansions(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(KINDS))
    shape = draw(shapes(1 if kind[0] == "str" else 0, 5))
    axis = draw(st.integers(-len(shape) - 1, len(shape)))
    return expansion(
        kind,
        draw(st.integers(0, 2**32)),
        shape=shape,
        axis=draw(st.sampled_from([axis, [axis]])),
        fed=draw(st.booleans()),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(expansion(kind, 0))


@settings(max_examples=60, deadline=None)
@given(expansions())
def test_agrees(subject: Case) -> None:
    agree(subject)


def test_agrees_when_the_axis_changes_between_invokes() -> None:
    subject = expansion(KINDS[0], 0, fed=True)
    data = subject.inputs[0][0]
    agree(Case(subject.model, [(data, np.array(axis, np.int32)) for axis in (0, 2, -2, 0)]))


def golden_cases() -> dict[str, Case]:
    return {
        kind[0]: expansion(kind, i) for i, kind in enumerate(KINDS) if kind[:2] != ("str", "i32") and kind[1] == "i32"
    }


def test_golden() -> None:
    agrees_with_golden("expand_dims")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"axis": 3}, "not in the range"),
        ({"axis": [0, 1]}, "must have one element"),
        ({"scales": (0.5, 0.25)}, "Quantization of output"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = expansion(("i8", "i32", "i8"), 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(EXPAND_DIMS\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
