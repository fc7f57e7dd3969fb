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
from pytflite.schema.tables import AddOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.pairs import Shape, broadcastable, pair, pot_scales, quantizations, scaled, sum_scales

NONE, RELU6 = ActivationFunctionType.NONE, ActivationFunctionType.RELU6
KINDS = {
    "int8": "i8",
    "uint8": "u8",
    "int16": "i16",
    "int16_not_pot": "i16",
    "int16_no_options": "i16",
    "int16_pot": "i16",
    "int16_plain": "i16",
    "int32": "i32",
    "int64": "i64",
    "float16": "f16",
    "float32": "f32",
}


def addition(
    kind: str,
    seed: int,
    shapes: tuple[Shape, Shape] = ((2, 3, 17), (3, 17)),
    activation: ActivationFunctionType = NONE,
    quantization: list[dict[str, Any]] | None = None,
) -> Case:
    """An ADD with random elements; a third of the seeds have power-of-two scales, where rounding ties abound."""
    rng = np.random.default_rng(seed)
    letter = KINDS[kind]
    if quantization is None and kind in ("int8", "uint8", "int16", "int16_no_options"):
        quantization = quantizations(rng, [letter] * 3, sum_scales(rng))
    elif quantization is None and kind == "int16_not_pot":
        quantization = scaled(*(rng.uniform(1.01, 1.99, 3) * 2.0 ** rng.integers(-9, -6, 3)))
    elif quantization is None and kind == "int16_pot":
        quantization = scaled(*pot_scales(rng))
    options = None if kind == "int16_no_options" else AddOptions(activation, kind in ("int16_pot", "int16_not_pot"))
    return pair(BuiltinOperator.ADD, (letter, letter), seed, shapes, options, quantization or ({}, {}, {}))


@st.composite
def additions(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(sorted(KINDS)))
    shapes = draw(broadcastable())
    return addition(
        kind,
        draw(st.integers(0, 2**32)),
        (shapes[0], shapes[0]) if kind == "int16_pot" else shapes,
        draw(st.sampled_from(list(ActivationFunctionType)[:4])) if kind != "int16_no_options" else NONE,
    )


@settings(max_examples=80, deadline=None)
@given(additions())
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("int16", "int16"),
        ("int16_not_pot", "int16"),
        ("int16_no_options", "int16"),
        ("int16_pot", "int16_pot"),
        ("int16_plain", "int16_plain"),
        ("int64", "integer"),
    ],
)
def test_rule_follows_options_and_quantization(kind: str, rule: str) -> None:
    (node,) = prepare(addition(kind, 0, ((3,), (3,))).model, 0, REFERENCE).first.nodes
    assert node.rule.name == rule


def golden_cases() -> dict[str, Case]:
    same = ((4, 31), (4, 31))
    cases = {kind: addition(kind, 5, same if kind == "int16_pot" else ((2, 3, 17), (3, 17))) for kind in KINDS}
    return cases | {f"{kind}_relu6": addition(kind, 6, same, RELU6) for kind in ("int8", "uint8", "int16", "float32")}


def test_golden() -> None:
    agrees_with_golden("add")


def test_same_shapes_may_have_any_rank() -> None:
    agree(addition("int8", 1, ((2, *[1] * 8, 3),) * 2))


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("float32", {"shapes": ((4, 3), (2, 3))}, r"Given shapes, \[4, 3\], \[2, 3\], are not broadcastable"),
        ("int32", {"shapes": ((2, *[1] * 7, 3), (3,))}, "must have at most 8 dimensions"),
        ("int8", {"quantization": scaled(1, 1, 1e-7)}, "The scale of output .* must exceed"),
        ("int8", {"quantization": scaled(1, 0, 1)}, "The scale of input2 .* must be positive"),
        ("int8", {"quantization": [{}, {}, {}]}, "has no quantization scale"),
        ("int16", {"quantization": [{"scale": 1, "zero_point": 3}, *scaled(1, 1)]}, r"must be in the range \[0, 0\]"),
        ("int16_pot", {"quantization": scaled(1, 0.5, 0.25), "shapes": ((3,), (3,))}, "equal to that of the other"),
        ("int16_pot", {"quantization": scaled(1, 0.5, 1)}, "input2 .* cannot be broadcast"),
    ],
)
def test_refuses(kind: str, change: dict[str, Any], message: str) -> None:
    subject = addition(kind, 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(ADD\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
