from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator
from pytflite.schema.tables import DivOptions
from tests.ops.convolutions import refuses
from tests.ops.divisions import operands
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, Result, fails, one_op
from tests.ops.pairs import Shape, broadcastable, pair, quantizations, scaled
from tests.ops.quantized import tie_prone_scale

NONE, RELU6 = ActivationFunctionType.NONE, ActivationFunctionType.RELU6
QUANTIZED = ("i8", "u8", "i16")
LETTERS = (*QUANTIZED, "i32", "f32")


def division(
    letter: str,
    seed: int,
    shapes: tuple[Shape, Shape] = ((2, 3, 17), (3, 17)),
    activation: ActivationFunctionType = NONE,
    quantization: list[dict[str, Any]] | None = None,
) -> Case:
    """A DIV with random elements; its output has a scale that fits, or a much larger or smaller one."""
    if letter == "f32":
        return pair(BuiltinOperator.DIV, ("f32", "f32"), seed, shapes, DivOptions(activation))
    rng = np.random.default_rng(seed)
    if quantization is None and letter in QUANTIZED:
        scale1, scale2 = tie_prone_scale(rng, 1e-4, 1, 2)
        output = scale1 / scale2 * tie_prone_scale(rng, 1e-3, 1) * rng.choice([1, 1, 1, 1e-4, 1e4, 1e7])
        quantization = quantizations(rng, [letter] * 3, [scale1, scale2, output])
    quantization = quantization or [{}, {}, {}]
    values = operands(rng, letter, shapes, quantization[1].get("zero_point", 0))
    inputs = [Operand(value, letter, True, quantization[i]) for i, value in enumerate(values)]
    return one_op(BuiltinOperator.DIV, inputs, [Result(letter, (), quantization[2])], DivOptions(activation))


@st.composite
def divisions(draw: st.DrawFn) -> Case:
    activation = draw(st.sampled_from(list(ActivationFunctionType)[:4]))
    return division(draw(st.sampled_from(LETTERS)), draw(st.integers(0, 2**32)), draw(broadcastable()), activation)


@settings(max_examples=80, deadline=None)
@given(divisions())
def test_agrees(subject: Case) -> None:
    agree(subject)


def extremes(shapes: tuple[Shape, Shape]) -> Case:
    """The lowest int32 and other numbers by -1 and others."""
    lowest = -(1 << 31)
    values = np.array([lowest, lowest, lowest, lowest + 1, 7, -7]), np.array([-1, 1, lowest, -1, -2, 2])
    inputs = [
        Operand(value.astype(np.int32).reshape(shape), "i32") for value, shape in zip(values, shapes, strict=True)
    ]
    return one_op(BuiltinOperator.DIV, inputs, [Result("i32")], DivOptions())


@pytest.mark.parametrize("shapes", [((6,), (6,)), ((6, 1), (1, 6))])
def test_extremes_agree(shapes: tuple[Shape, Shape]) -> None:
    agree(extremes(shapes))


def golden_cases() -> dict[str, Case]:
    cases = {letter: division(letter, i) for i, letter in enumerate(LETTERS)}
    return cases | {f"{letter}_relu6": division(letter, 6, activation=RELU6) for letter in LETTERS}


def test_golden() -> None:
    agrees_with_golden("div")


@pytest.mark.parametrize(
    ("letter", "change", "message"),
    [
        ("f32", {"shapes": ((4, 3), (2, 3))}, r"Given shapes, \[4, 3\], \[2, 3\], are not broadcastable"),
        ("i8", {"quantization": [{}, {}, {}]}, "input1 .* has no quantization scale"),
        ("i8", {"activation": ActivationFunctionType.TANH}, "Fused activation TANH is not supported"),
        ("i8", {"quantization": scaled(1, 1, 1e-10), "activation": RELU6}, "so small that the bounds of RELU6 do not"),
    ],
)
def test_refuses(letter: str, change: dict[str, Any], message: str) -> None:
    refuses(division(letter, 0, **change), message)


@pytest.mark.parametrize(("letter", "quantization"), [("i32", {}), ("i16", {"scale": 1}), ("i8", {"scale": 1})])
def test_refuses_to_divide_by_0(letter: str, quantization: dict[str, Any]) -> None:
    dtype = {"i32": np.int32, "i16": np.int16, "i8": np.int8}[letter]
    inputs = [Operand(np.array([5, value], dtype), letter, True, quantization) for value in (5, 0)]
    subject = one_op(BuiltinOperator.DIV, inputs, [Result(letter, (), quantization)], DivOptions())
    fails(subject, "Division by 0")
