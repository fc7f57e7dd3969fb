from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.plan.prepare import prepare
from pytflite.profiles import REFERENCE
from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator
from pytflite.schema.tables import MulOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, one_op
from tests.ops.pairs import Shape, broadcastable, pair, quantizations, scaled
from tests.ops.quantized import tie_prone_scale

NONE, RELU = ActivationFunctionType.NONE, ActivationFunctionType.RELU
KINDS = {
    "int8": ("i8", "i8"),
    "uint8": ("u8", "u8"),
    "int16": ("i16", "i16"),
    "int16_plain": ("i16", "i16"),
    "int16_int8": ("i16", "i8"),
    "int16_uint8": ("i16", "u8"),
    "int32": ("i32", "i32"),
    "uint32": ("u32", "u32"),
    "int64": ("i64", "i64"),
    "float16": ("f16", "f16"),
    "float32": ("f32", "f32"),
    "complex64": ("c64", "c64"),
}


def multiplication(
    kind: str,
    seed: int,
    shapes: tuple[Shape, Shape] = ((2, 3, 17), (3, 17)),
    activation: ActivationFunctionType = NONE,
    quantization: list[dict[str, Any]] | None = None,
) -> Case:
    """A MUL with random elements; a third of the seeds have power-of-two scales, where rounding ties abound."""
    rng = np.random.default_rng(seed)
    letters = KINDS[kind]
    if quantization is None and kind in ("int8", "uint8", "int16", "int16_int8", "int16_uint8"):
        scale1, scale2 = tie_prone_scale(rng, 0.001, 0.3, 2)
        widest = 2.0**15 if kind == "int16" else 2.0**7
        output = scale1 * scale2 * widest * np.exp(rng.uniform(-6, 2))
        quantization = quantizations(rng, (letters[0], *letters), [scale1, scale2, output])
    return pair(BuiltinOperator.MUL, letters, seed, shapes, MulOptions(activation), quantization or ({}, {}, {}))


@st.composite
def multiplications(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(sorted(KINDS)))
    shapes = draw(broadcastable())
    return multiplication(
        kind,
        draw(st.integers(0, 2**32)),
        (shapes[0], shapes[0]) if kind in ("int16_int8", "int16_uint8") else shapes,
        NONE if kind == "complex64" else draw(st.sampled_from(list(ActivationFunctionType)[:4])),
    )


@settings(max_examples=80, deadline=None)
@given(multiplications())
def test_agrees(subject: Case) -> None:
    agree(subject)


def complex_corners() -> Case:
    """Every product of numbers whose parts are zero, finite, infinite or NaN."""
    parts = np.float32([0, -0.0, 1, -2, 1e30, np.inf, -np.inf, np.nan])
    numbers = np.stack(np.meshgrid(parts, parts), -1).view(np.complex64)
    operands = [Operand(numbers.reshape(shape), "c64") for shape in ((-1, 1), (1, -1))]
    return one_op(BuiltinOperator.MUL, operands, [Result("c64")], MulOptions())


def test_infinite_complex_numbers_agree() -> None:
    agree(complex_corners())


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("int16", "int16"),
        ("int16_plain", "int16_plain"),
        ("int16_int8", "int16_fraction"),
        ("uint32", "integer"),
    ],
)
def test_rule_follows_options_and_quantization(kind: str, rule: str) -> None:
    (node,) = prepare(multiplication(kind, 0, ((3,), (3,))).model, 0, REFERENCE).first.nodes
    assert node.rule.name == rule


def golden_cases() -> dict[str, Case]:
    same = ((4, 31), (4, 31))
    cases = {kind: multiplication(kind, 5, same) for kind in KINDS}
    cases |= {f"{kind}_relu": multiplication(kind, 6, same, RELU) for kind in KINDS if "8" in kind}
    cases |= {f"{kind}_broadcast": multiplication(kind, 6) for kind in ("int8", "uint8", "int16", "float32")}
    return cases | {"complex64_corners": complex_corners()}


def test_golden() -> None:
    agrees_with_golden("mul")


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("float32", {"shapes": ((4, 3), (2, 3))}, r"Given shapes, \[4, 3\], \[2, 3\], are not broadcastable"),
        ("complex64", {"activation": RELU}, "Activation is not allowed for COMPLEX64 input"),
        ("int8", {"quantization": [{}, {}, {}]}, "has no quantization scale"),
        (
            "int8",
            {"quantization": [{"scale": [1, 2]}, *scaled(1, 1)], "shapes": ((2,), (2,))},
            "has 2 scales, 1 accepted",
        ),
        (
            "int16",
            {"quantization": [{"scale": 1, "zero_point": 3}, *scaled(1, 1)]},
            "zero point of input1 .* must be 0",
        ),
        ("int16_int8", {}, "input2 .* cannot be broadcast"),
    ],
)
def test_refuses(kind: str, change: dict[str, Any], message: str) -> None:
    subject = multiplication(kind, 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(MUL\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
