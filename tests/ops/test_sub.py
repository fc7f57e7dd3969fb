from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator
from pytflite.schema.tables import SubOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.pairs import Shape, broadcastable, pair, pot_scales, quantizations, scaled, sum_scales

NONE, RELU6 = ActivationFunctionType.NONE, ActivationFunctionType.RELU6
KINDS = {
    "int8": "i8",
    "uint8": "u8",
    "int16": "i16",
    "int16_pot": "i16",
    "int32": "i32",
    "int64": "i64",
    "float32": "f32",
}


def subtraction(
    kind: str,
    seed: int,
    shapes: tuple[Shape, Shape] = ((2, 3, 17), (3, 17)),
    activation: ActivationFunctionType = NONE,
    quantization: list[dict[str, Any]] | None = None,
) -> Case:
    """A SUB with random elements; a third of the seeds have power-of-two scales, where rounding ties abound."""
    rng = np.random.default_rng(seed)
    letter = KINDS[kind]
    if quantization is None and kind in ("int8", "uint8", "int16"):
        quantization = quantizations(rng, [letter] * 3, sum_scales(rng))
    elif quantization is None and kind == "int16_pot":
        quantization = scaled(*pot_scales(rng))
    options = SubOptions(activation, kind == "int16_pot")
    return pair(BuiltinOperator.SUB, (letter, letter), seed, shapes, options, quantization or ({}, {}, {}))


@st.composite
def subtractions(draw: st.DrawFn) -> Case:
    return subtraction(
        draw(st.sampled_from(sorted(KINDS))),
        draw(st.integers(0, 2**32)),
        draw(broadcastable()),
        draw(st.sampled_from(list(ActivationFunctionType)[:4])),
    )


@settings(max_examples=80, deadline=None)
@given(subtractions())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    same = ((4, 31), (4, 31))
    cases = {kind: subtraction(kind, 5) for kind in KINDS}
    return cases | {
        f"{kind}_relu6": subtraction(kind, 6, same, RELU6) for kind in ("int8", "uint8", "int16", "float32")
    }


def test_golden() -> None:
    agrees_with_golden("sub")


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("float32", {"shapes": ((4, 3), (2, 3))}, r"Given shapes, \[4, 3\], \[2, 3\], are not broadcastable"),
        ("int8", {"quantization": scaled(1, 1, 1e-7)}, "The scale of output .* must exceed"),
        (
            "uint8",
            {"quantization": [{"scale": 1, "zero_point": -1}, *scaled(1, 1)]},
            r"must be in the range \[0, 255\]",
        ),
        ("int16", {"quantization": [{}, {}, {}]}, "has no quantization scale"),
        ("int16_pot", {"quantization": scaled(1, 2, 1)}, "equal to that of the other"),
    ],
)
def test_refuses(kind: str, change: dict[str, Any], message: str) -> None:
    subject = subtraction(kind, 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(SUB\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
