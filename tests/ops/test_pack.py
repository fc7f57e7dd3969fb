from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.pack import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import PackOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, kinds, one_op, shapes

KINDS = kinds(OP)


def pack(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (2, 3),
    axis: int = 1,
    count: int = 2,
    scales: tuple[float, float] = (0.5, 0.5),
) -> Case:
    """A PACK of random elements; 8-bit and 16-bit integers are quantized."""
    rng = np.random.default_rng(seed)
    before, after = ({"scale": scale} if kind[0] in ("i8", "u8", "i16") else {} for scale in scales)
    operands = [Operand(elements(rng, kind[0], shape), kind[0], quantization=before) for _ in range(count)]
    result = Result(kind[0], quantization=after)
    return one_op(BuiltinOperator.PACK, operands, [result], PackOptions(values_count=count, axis=axis))


@st.composite
def packs(draw: st.DrawFn) -> Case:
    shape = draw(shapes(0, 5))
    return pack(
        draw(st.sampled_from(KINDS)),
        draw(st.integers(0, 2**32)),
        shape=shape,
        axis=draw(st.integers(-len(shape) - 1, len(shape))),
        count=draw(st.integers(1, 4)),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(pack(kind, 0))


@settings(max_examples=60, deadline=None)
@given(packs())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {kind[0]: pack(kind, i) for i, kind in enumerate(KINDS)}


def test_golden() -> None:
    agrees_with_golden("pack")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"axis": 3}, "not in the range"),
        ({"scales": (0.5, 0.25)}, "Quantization of input"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = pack(("i8", "i8"), 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(PACK\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
