from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.mirror_pad import OP
from pytflite.schema.enums import BuiltinOperator, MirrorPadMode
from pytflite.schema.tables import MirrorPadOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def padding(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (2, 3),
    paddings: list[list[int]] | None = None,
    mode: MirrorPadMode = MirrorPadMode.REFLECT,
    fed: bool = False,
    scales: tuple[float, float] = (0.5, 0.5),
) -> Case:
    """A MIRROR_PAD; 8-bit and 16-bit integers are quantized."""
    rng = np.random.default_rng(seed)
    letter = kind[0]
    quantized = letter in ("i8", "u8", "i16")
    before, after = ({"scale": scale, "zero_point": 0} if quantized else {} for scale in scales)
    most = np.array(shape, int)[:, None] - (mode == MirrorPadMode.REFLECT)
    around = rng.integers(0, most + 1, (len(shape), 2)) if paddings is None else paddings
    operands = [
        Operand(elements(rng, letter, shape), letter, quantization=before),
        integers(around, kind[1], fed=fed),
    ]
    result = Result(letter, quantization=after)
    return one_op(BuiltinOperator.MIRROR_PAD, operands, [result], MirrorPadOptions(mode=mode))


@st.composite
def paddings(draw: st.DrawFn) -> Case:
    return padding(
        draw(st.sampled_from(KINDS)),
        draw(st.integers(0, 2**32)),
        shape=draw(shapes(1, 5, empty=False)),
        mode=draw(st.sampled_from(MirrorPadMode)),
        fed=draw(st.booleans()),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(padding(kind, 0))


@settings(max_examples=60, deadline=None)
@given(paddings())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    cases = {kind[0]: padding(kind, i) for i, kind in enumerate(KINDS) if kind[1] == "i32"}
    cases |= {mode.name.lower(): padding(KINDS[0], 9, shape=(1, 4, 3), mode=mode) for mode in MirrorPadMode}
    return cases


def test_golden() -> None:
    agrees_with_golden("mirror_pad")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"paddings": [[0, 1]]}, "must have the shape 2x2"),
        ({"paddings": [[0, -1], [0, 0]]}, "holds negative values"),
        ({"paddings": [[2, 0], [0, 0]]}, "can be padded by 1 at most"),
        ({"paddings": [[0, 3], [0, 0]], "mode": MirrorPadMode.SYMMETRIC}, "can be padded by 2 at most"),
        ({"scales": (0.5, 0.25)}, "Quantization of output"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = padding(("i8", "i32", "i8"), 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(MIRROR_PAD\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
