from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.build import ModelBuilder
from pytflite.errors import PrepareError
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import RandomOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.random_numbers import SEEDS


def multinomial(
    rng_seed: int,
    *,
    batch: int = 2,
    classes: int = 5,
    samples: Any = 7,
    letter: str = "i64",
    seed: int = 1,
    seed2: int = 2,
    invokes: int = 3,
    infinite: float = 0.1,
) -> Case:
    """Classes by logits some of which are not finite, invoke after invoke."""
    rng = np.random.default_rng(rng_seed)
    b = ModelBuilder()
    g = b.subgraph("main")
    logits = [(rng.standard_normal((batch, classes)) * 3).astype(np.float32) for _ in range(invokes)]
    for array in logits:
        odd = rng.random(array.shape) < infinite
        array[odd] = rng.choice(np.array([-np.inf, np.inf, np.nan], np.float32), odd.sum())
    inputs = [g.input("logits", (batch, classes), "f32"), g.constant("samples", np.array(samples, np.int32))]
    options = RandomOptions(seed=seed, seed2=seed2)
    g.operator(BuiltinOperator.MULTINOMIAL, inputs, [g.output("classes", (), letter)], options)
    return Case(b.build(), [[array] for array in logits])


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32),
    st.integers(1, 4),
    st.integers(1, 6),
    st.integers(0, 9),
    st.sampled_from(["i32", "i64"]),
    SEEDS,
)
def test_agrees(rng_seed: int, batch: int, classes: int, samples: int, letter: str, seed: int) -> None:
    agree(multinomial(rng_seed, batch=batch, classes=classes, samples=samples, letter=letter, seed=seed))


def test_many_agree() -> None:
    agree(multinomial(0, batch=3, classes=50, samples=2001))


def test_nothing_finite_agrees() -> None:
    agree(multinomial(0, infinite=1))


def golden_cases() -> dict[str, Case]:
    return {letter: multinomial(0, letter=letter) for letter in ("i32", "i64")}


def test_golden() -> None:
    agrees_with_golden("multinomial")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"classes": 0}, r"must be \(batch, classes\), at least one class"),
        ({"samples": [1]}, "must be a scalar"),
        ({"samples": -1}, "-1 samples cannot be drawn"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = multinomial(0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(MULTINOMIAL\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
