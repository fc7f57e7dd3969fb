from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.space_to_batch_nd import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SpaceToBatchNDOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def rearrangement(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (2, 3, 4, 2),
    block: tuple[int, ...] = (2, 3),
    paddings: tuple[tuple[int, int], ...] = ((1, 0), (0, 2)),
    fed: tuple[bool, bool] = (False, False),
    scales: tuple[float, float] = (0.5, 0.5),
) -> Case:
    """A SPACE_TO_BATCH_ND of random elements; 8-bit and 16-bit integers are quantized."""
    rng = np.random.default_rng(seed)
    zero_point = int(elements(rng, kind[0], ())) if kind[0] in ("i8", "u8") else 0
    quantized = kind[0] in ("i8", "u8", "i16")
    before, after = ({"scale": s, "zero_point": zero_point} if quantized else {} for s in scales)
    operands = [
        Operand(elements(rng, kind[0], shape), kind[0], quantization=before),
        integers(block, kind[1], fed=fed[0]),
        integers(paddings, kind[2], fed=fed[1]),
    ]
    result = Result(kind[0], quantization=after)
    return one_op(BuiltinOperator.SPACE_TO_BATCH_ND, operands, [result], SpaceToBatchNDOptions())


@st.composite
def rearrangements(draw: st.DrawFn) -> Case:
    spatial = draw(shapes(1, 2, empty=False))
    batch, channels = draw(shapes(2, 2, empty=False))
    block = tuple(draw(st.integers(1, 3)) for _ in spatial)
    before = [draw(st.integers(0, 3)) for _ in spatial]
    after = [-(size + pad) % factor for size, pad, factor in zip(spatial, before, block, strict=True)]
    return rearrangement(
        draw(st.sampled_from(KINDS)),
        draw(st.integers(0, 2**32)),
        shape=(batch, *spatial, channels),
        block=block,
        paddings=tuple(zip(before, after, strict=True)),
        fed=draw(st.tuples(st.booleans(), st.booleans())),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(rearrangement(kind, 0))


@settings(max_examples=60, deadline=None)
@given(rearrangements())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    cases = {kind[0]: rearrangement(kind, i) for i, kind in enumerate(KINDS) if kind[1:3] == ("i32", "i32")}
    cases["one_dimension"] = rearrangement(KINDS[0], 9, shape=(1, 3, 2), block=(2,), paddings=((1, 0),))
    return cases


def test_golden() -> None:
    agrees_with_golden("space_to_batch_nd")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape": (2, 3)}, "must have 3 or 4 dimensions"),
        ({"block": (2,)}, "must have 2 elements"),
        ({"block": (2, 0)}, "must be positive"),
        ({"paddings": ((0, 0),)}, "must have the shape 2x2"),
        ({"paddings": ((-1, 0), (0, 0))}, "holds negative values"),
        ({"scales": (0.5, 0.25)}, "Quantization of output"),
        ({"paddings": ((0, 0), (0, 0))}, "must be multiples of the block"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = rearrangement(("i8", "i32", "i32", "i8"), 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(SPACE_TO_BATCH_ND\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
