from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.bucketize import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import BucketizeOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, Result, elements, kinds, one_op, shapes
from tests.ops.pairs import Shape

LETTERS = [kind[0] for kind in kinds(OP)]


def buckets(letter: str, seed: int, shape: Shape = (2, 3, 7), boundaries: list[float] | None = None) -> Case:
    """A BUCKETIZE of random elements, many of which are boundaries or next to them."""
    rng = np.random.default_rng(seed)
    value = elements(rng, letter, shape)
    if boundaries is None:
        drawn = [rng.normal(0, 5, rng.integers(1, 9)), rng.normal(0, 1e9, rng.integers(0, 3)), [-np.inf, np.inf]]
        boundaries = np.sort(np.round(np.concatenate(drawn[: rng.integers(1, 4)])).astype(np.float32)).tolist()
    near = rng.choice(np.nan_to_num(boundaries, posinf=1, neginf=-1), shape) + rng.choice([-1, 0, 0, 0.25], shape)
    with np.errstate(invalid="ignore"):
        value = np.where(rng.random(shape) < 0.5, near.astype(value.dtype), value)
    options = BucketizeOptions(boundaries=tuple(boundaries))
    return one_op(BuiltinOperator.BUCKETIZE, [Operand(value, letter)], [Result("i32")], options)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LETTERS), st.integers(0, 2**32), shapes(0, 6))
def test_agrees(letter: str, seed: int, shape: Shape) -> None:
    agree(buckets(letter, seed, shape))


def golden_cases() -> dict[str, Case]:
    return {letter: buckets(letter, i) for i, letter in enumerate(LETTERS)}


def test_golden() -> None:
    agrees_with_golden("bucketize")


@pytest.mark.parametrize(
    ("letter", "change", "message"),
    [
        ("f32", {"boundaries": [1.0, 0.0]}, "The boundaries must be sorted"),
        ("f16", {}, "f16 -> i32 is not supported"),
    ],
)
def test_refuses(letter: str, change: dict[str, Any], message: str) -> None:
    refuses(buckets(letter, 0, **change), message)


def test_refuses_without_boundaries() -> None:
    operand = Operand(np.ones(3, np.float32), "f32")
    refuses(
        one_op(BuiltinOperator.BUCKETIZE, [operand], [Result("i32")], BucketizeOptions()), "There are no boundaries"
    )
