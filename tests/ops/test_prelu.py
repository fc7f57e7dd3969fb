from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.prelu import OP
from pytflite.schema.enums import BuiltinOperator
from tests.ops.activations import activation, numbers, quantization
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, kinds, shapes
from tests.ops.quantized import tie_prone_scale

KINDS = [kind[:2] for kind in kinds(OP)]


def prelu(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (2, 3, 4),
    alpha_shape: tuple[int, ...] = (1, 4),
    is_fed: bool = False,
) -> Case:
    rng = np.random.default_rng(seed)
    letter, alpha_letter = kind
    value = numbers(rng, alpha_letter, alpha_shape)
    alpha = Operand(value, alpha_letter, is_fed, quantization(rng, alpha_letter, tie_prone_scale(rng, 0.002, 0.05)))
    return activation(BuiltinOperator.PRELU, letter, seed + 1, shape=shape, others=[alpha])


@st.composite
def prelus(draw: st.DrawFn) -> Case:
    shape = draw(shapes(0, 5))
    kept = draw(st.lists(st.booleans(), min_size=len(shape), max_size=len(shape)))
    alpha_shape = tuple(size if keep else 1 for size, keep in zip(shape, kept, strict=True))
    options: dict[str, Any] = {"shape": shape, "alpha_shape": alpha_shape[draw(st.integers(0, len(shape))) :]}
    return prelu(draw(st.sampled_from(KINDS)), draw(st.integers(0, 2**32)), is_fed=draw(st.booleans()), **options)


@settings(max_examples=60, deadline=None)
@given(prelus())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    cases = {kind[0]: prelu(kind, i, shape=(1, 5, 6, 4)) for i, kind in enumerate(KINDS)}
    alphas = {"one_alpha": (1, 1, 1), "alphas_for_all": (2, 3, 4)}
    return cases | {name: prelu(KINDS[0], 7, alpha_shape=shape) for name, shape in alphas.items()}


def test_golden() -> None:
    agrees_with_golden("prelu")


@pytest.mark.parametrize(
    ("alpha_shape", "message"),
    [((3,), "are not broadcastable"), ((1, 2, 3, 4), "alpha .* must broadcast to the shape of input")],
)
def test_refuses(alpha_shape: tuple[int, ...], message: str) -> None:
    subject = prelu(KINDS[0], 0, alpha_shape=alpha_shape)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(PRELU\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
