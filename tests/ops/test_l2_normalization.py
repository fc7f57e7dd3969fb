from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.l2_normalization import OP
from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator
from pytflite.schema.tables import L2NormOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, kinds, one_op, shapes
from tests.ops.quantized import RANGES, codes

LETTERS = [kind[0] for kind in kinds(OP)]
MIDDLES = {"i8": 0, "u8": 128}


def l2_normalization(
    letter: str,
    seed: int,
    *,
    shape: tuple[int, ...] = (3, 2, 7),
    zero_point: int | None = None,
    spread: int = 255,
    output_scale: float = 1 / 128,
    activation: ActivationFunctionType = ActivationFunctionType.NONE,
) -> Case:
    """An L2_NORMALIZATION of random elements, codes at most ``spread`` away from the zero point."""
    rng = np.random.default_rng(seed)
    data = elements(rng, letter, shape)
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    if letter in MIDDLES:
        zero_point = int(codes(rng, letter, ())) if zero_point is None else zero_point
        low, high, dtype = RANGES[letter]
        data = data.clip(max(zero_point - spread, low), min(zero_point + spread, high)).astype(dtype)
        before = {"scale": 0.05, "zero_point": zero_point}
        after = {"scale": output_scale, "zero_point": MIDDLES[letter]}
    options = L2NormOptions(fused_activation_function=activation)
    return one_op(
        BuiltinOperator.L2_NORMALIZATION,
        [Operand(data, letter, quantization=before)],
        [Result(letter, quantization=after)],
        options,
    )


@st.composite
def l2_normalizations(draw: st.DrawFn) -> Case:
    return l2_normalization(
        draw(st.sampled_from(LETTERS)),
        draw(st.integers(0, 2**32)),
        shape=draw(st.one_of(shapes(1, 5), st.tuples(st.integers(1, 3), st.integers(1, 300)))),
        spread=draw(st.sampled_from([0, 1, 3, 255, 255])),
    )


@pytest.mark.parametrize("letter", LETTERS)
def test_every_kind_agrees(letter: str) -> None:
    agree(l2_normalization(letter, 0))


@settings(max_examples=60, deadline=None)
@given(l2_normalizations())
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("letter", LETTERS)
def test_a_long_vector_agrees(letter: str) -> None:
    agree(l2_normalization(letter, 1, shape=(1, 70000), zero_point=MIDDLES.get(letter)))


def golden_cases() -> dict[str, Case]:
    return {letter: l2_normalization(letter, i, shape=(5, 9)) for i, letter in enumerate(LETTERS)}


def test_golden() -> None:
    agrees_with_golden("l2_normalization")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape": ()}, "input .* must have at least one dimension"),
        ({"activation": ActivationFunctionType.RELU}, "Fused activations are not supported"),
        ({"output_scale": 0.25}, "output .* must have the scale 1/128 and the zero point 0"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = l2_normalization("i8", 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(L2_NORMALIZATION\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
