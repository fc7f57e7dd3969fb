from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.pad import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import PadOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def padding(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (2, 3),
    paddings: list[list[int]] | None = None,
    fed: bool = False,
    scaled: bool = True,
) -> Case:
    """A PAD; 8-bit and 16-bit integers are quantized where scaled, with a random zero point."""
    rng = np.random.default_rng(seed)
    letter = kind[0]
    quantization: dict[str, Any] = {}
    if scaled and letter in ("i8", "u8", "i16"):
        quantization = {"scale": 0.5, "zero_point": int(elements(rng, letter, ())) if letter != "i16" else 0}
    around = rng.integers(0, 2 if kind[1] == "b" else 4, (len(shape), 2)) if paddings is None else paddings
    operands = [
        Operand(elements(rng, letter, shape), letter, quantization=quantization),
        integers(around, kind[1], fed=fed),
    ]
    return one_op(BuiltinOperator.PAD, operands, [Result(letter, quantization=quantization)], PadOptions())


@st.composite
def paddings(draw: st.DrawFn) -> Case:
    return padding(
        draw(st.sampled_from(KINDS)),
        draw(st.integers(0, 2**32)),
        shape=draw(shapes(0, 5)),
        fed=draw(st.booleans()),
        scaled=draw(st.booleans()),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(padding(kind, 0))


@settings(max_examples=60, deadline=None)
@given(paddings())
def test_agrees(subject: Case) -> None:
    agree(subject)


def test_agrees_when_the_paddings_change_between_invokes() -> None:
    subject = padding(KINDS[0], 0, fed=True)
    data, _, *values = subject.inputs[0]
    around = [np.array(p, np.int32) for p in ([[0, 1], [2, 0]], [[0, 0], [0, 0]], [[0, 1], [2, 0]], [[3, 3], [1, 1]])]
    agree(Case(subject.model, [(data, p, *values) for p in around]))


def golden_cases() -> dict[str, Case]:
    cases = {kind[0]: padding(kind, i) for i, kind in enumerate(KINDS) if kind[1] == "i32"}
    return cases | {
        "_".join(kind[:2]): padding(kind, i, shape=(1, 3, 2, 2)) for i, kind in enumerate(KINDS) if kind[0] == "i8"
    }


def test_golden() -> None:
    agrees_with_golden("pad")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"paddings": [[0, 1]]}, "must have the shape 2x2"),
        ({"paddings": [[0, -1], [0, 0]]}, "holds negative values"),
        ({"shape": (1,) * 6}, "at most 5 dimensions"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = padding(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(PAD\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
