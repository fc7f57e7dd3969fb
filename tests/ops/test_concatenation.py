from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.concatenation import OP
from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator
from pytflite.schema.tables import ConcatenationOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, kinds, one_op, shapes
from tests.ops.quantized import tie_prone_scale

LETTERS = sorted(row[0] for row in kinds(OP))


def parameters(rng: np.random.Generator, letter: str, count: int) -> list[dict[str, Any]]:
    """Quantization of inputs and of the output: all equal for int8, without zero points for int16, any for uint8."""
    if letter == "i8":
        return [{"scale": 0.5, "zero_point": -3}] * (count + 1)
    if letter == "i16":
        return [{"scale": tie_prone_scale(rng, 0.001, 1)} for _ in range(count + 1)]
    if letter != "u8":
        return [{}] * (count + 1)
    output = {"scale": tie_prone_scale(rng, 0.001, 1), "zero_point": int(rng.integers(0, 256))}
    inputs = [
        {"scale": output["scale"] * tie_prone_scale(rng, 0.1, 10), "zero_point": int(rng.integers(0, 256))}
        for _ in range(count)
    ]
    return [output if rng.random() < 0.3 else input for input in inputs] + [output]


def concatenation(
    letter: str,
    seed: int,
    shape: tuple[int, ...] = (2, 3, 4),
    axis: int = -1,
    sizes: Sequence[int] = (4, 1, 3),
    *,
    fed: Sequence[bool] = (True, True, True),
    activation: ActivationFunctionType = ActivationFunctionType.NONE,
    quantization: list[dict[str, Any]] | None = None,
) -> Case:
    """A CONCATENATION of tensors that have these sizes along an axis; a scalar has none."""
    rng = np.random.default_rng(seed)
    quantization = parameters(rng, letter, len(sizes)) if quantization is None else quantization
    at = axis % len(shape) if shape else 0
    operands = [
        Operand(
            elements(rng, letter, (*shape[:at], size, *shape[at + 1 :]) if shape else ()),
            letter,
            fed[i],
            quantization[i],
        )
        for i, size in enumerate(sizes)
    ]
    options = ConcatenationOptions(axis, activation)
    return one_op(BuiltinOperator.CONCATENATION, operands, [Result(letter, (), quantization[-1])], options)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    shape = draw(shapes(1, 5))
    sizes = draw(st.lists(st.sampled_from([0, 1, 1, 2, 3, 4]), min_size=1, max_size=5))
    return concatenation(
        draw(st.sampled_from(LETTERS)),
        draw(st.integers(0, 2**32)),
        shape,
        draw(st.integers(-len(shape), len(shape) - 1)),
        sizes,
        fed=[True, *[draw(st.booleans()) or size == 0 for size in sizes[1:]]],
    )


@settings(max_examples=80, deadline=None)
@given(cases())
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("letter", ["f32", "i64", "u8"])
def test_constant_scalars_make_a_vector(letter: str) -> None:
    agree(concatenation(letter, 0, (), 0, fed=(False, False, False)))


def golden_cases() -> dict[str, Case]:
    return {letter: concatenation(letter, 5 + i) for i, letter in enumerate(LETTERS)}


def test_golden() -> None:
    agrees_with_golden("concatenation")


MISMATCHED: list[dict[str, Any]] = [{"scale": 1, "zero_point": 1}, *[{"scale": 1}] * 3]


@pytest.mark.parametrize(
    ("letter", "change", "message"),
    [
        ("f32", {"axis": 3}, r"Axis 3 is not in the range \[-3, 3\)"),
        ("f32", {"activation": ActivationFunctionType.RELU}, "A fused activation is not supported"),
        ("f32", {"shape": (), "axis": 0}, r"input\[0\] .* is a scalar: only constant ones"),
        ("i8", {"quantization": MISMATCHED}, r"Quantization of input\[0\] .* must be that of output"),
        ("i16", {"quantization": MISMATCHED}, r"zero point of input\[0\] .* must be 0"),
    ],
)
def test_refuses(letter: str, change: dict[str, Any], message: str) -> None:
    subject = concatenation(letter, 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(CONCATENATION\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)


@pytest.mark.parametrize(
    ("other", "message"),
    [((2, 3), "must have as many dimensions"), ((2, 4, 4), "must have the sizes of .* but along axis 2")],
)
def test_refuses_other_shapes(other: tuple[int, ...], message: str) -> None:
    operands = [Operand(np.zeros(shape, np.float32), "f32") for shape in ((2, 3, 4), other)]
    subject = one_op(BuiltinOperator.CONCATENATION, operands, [Result("f32")], ConcatenationOptions(2))
    with pytest.raises(PrepareError, match=message):
        evaluate(subject.model, subject.inputs, kernels=False)
