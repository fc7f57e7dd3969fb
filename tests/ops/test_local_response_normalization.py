from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import LocalResponseNormalizationOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, one_op


def local_response_normalization(
    seed: int,
    *,
    shape: tuple[int, ...] = (1, 2, 3, 9),
    radius: int = 2,
    bias: float = 1.0,
    alpha: float = 0.5,
    beta: float = 0.75,
) -> Case:
    """A LOCAL_RESPONSE_NORMALIZATION of random elements."""
    options = LocalResponseNormalizationOptions(radius=radius, bias=bias, alpha=alpha, beta=beta)
    operands = [Operand(elements(np.random.default_rng(seed), "f32", shape), "f32")]
    return one_op(BuiltinOperator.LOCAL_RESPONSE_NORMALIZATION, operands, [Result("f32")], options)


@st.composite
def local_response_normalizations(draw: st.DrawFn) -> Case:
    numbers = st.floats(-4, 4, width=32)
    sizes = st.integers(0, 4)
    return local_response_normalization(
        draw(st.integers(0, 2**32)),
        shape=(draw(sizes), draw(sizes), draw(sizes), draw(st.integers(0, 12))),
        radius=draw(st.integers(-1, 14)),
        bias=draw(numbers),
        alpha=draw(numbers),
        beta=draw(st.one_of(numbers, st.sampled_from([0.0, 0.5, 0.75, 1.0, 2.0]))),
    )


@settings(max_examples=100, deadline=None)
@given(local_response_normalizations())
def test_agrees(subject: Case) -> None:
    agree(subject)


def test_many_elements_agree() -> None:
    agree(local_response_normalization(1, shape=(2, 30, 30, 40), radius=5, alpha=0.001))


def golden_cases() -> dict[str, Case]:
    return {"default": local_response_normalization(2), "wide": local_response_normalization(3, radius=20, beta=0.5)}


def test_golden() -> None:
    agrees_with_golden("local_response_normalization")


def test_refuses() -> None:
    subject: Any = local_response_normalization(0, shape=(2, 3, 9))
    with pytest.raises(PrepareError, match=r"input .* must have 4 dimensions.*LOCAL_RESPONSE_NORMALIZATION"):
        evaluate(subject.model, subject.inputs, kernels=False)
