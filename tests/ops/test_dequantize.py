from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.dequantize import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import DequantizeOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, kinds, one_op, shapes
from tests.ops.quantized import tie_prone_scale

LETTERS = sorted(row[0] for row in kinds(OP))
PER_AXIS = ("i2", "i4", "u4", "i8", "u8")


def dequantization(letter: str, seed: int, shape: tuple[int, ...] = (3, 4, 5), axis: int | None = None) -> Case:
    """A DEQUANTIZE of random codes; int2, which the real runtime's Python face cannot feed, is a constant."""
    rng = np.random.default_rng(seed)
    count = None if axis is None else shape[axis]
    zeros = 0 if letter in ("i16", "f16") else elements(rng, letter, () if count is None else (count,))
    quantization = {
        "scale": tie_prone_scale(rng, 1e-6, 1e3, count),
        "zero_point": zeros,
        "quantized_dimension": axis or 0,
    }
    operand = Operand(elements(rng, letter, shape), letter, letter != "i2", {} if letter == "f16" else quantization)
    return one_op(BuiltinOperator.DEQUANTIZE, [operand], [Result("f32")], DequantizeOptions())


@st.composite
def cases(draw: st.DrawFn) -> Case:
    letter = draw(st.sampled_from(LETTERS))
    shape = draw(shapes(0, 5, empty=letter != "i2"))
    takes_axes = letter in PER_AXIS and 0 not in shape  # where empty the real runtime crashes
    axes = [axis for axis, size in enumerate(shape) if size > 1 and takes_axes]
    return dequantization(letter, draw(st.integers(0, 2**32)), shape, draw(st.sampled_from([None, *axes])))


@settings(max_examples=80, deadline=None)
@given(cases())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    found = {letter: dequantization(letter, 5) for letter in LETTERS}
    return found | {f"{letter}_per_axis": dequantization(letter, 6, axis=1) for letter in PER_AXIS}


def test_golden() -> None:
    agrees_with_golden("dequantize")


@pytest.mark.parametrize(
    ("letter", "quantization", "message"),
    [
        ("i8", {}, "input .* has no quantization scale"),
        ("i16", {"scale": [1, 2]}, "input .* has 2 scales, 1 accepted"),
        ("i16", {"scale": 1, "zero_point": 1}, "zero point of input .* must be 0"),
        ("i32", {"scale": 1}, "i32 -> f32 is not supported"),
    ],
)
def test_refuses(letter: str, quantization: dict[str, Any], message: str) -> None:
    operand = Operand(elements(np.random.default_rng(0), letter, (2,)), letter, True, quantization)
    subject = one_op(BuiltinOperator.DEQUANTIZE, [operand], [Result("f32", (2,))], DequantizeOptions())
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(DEQUANTIZE\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
