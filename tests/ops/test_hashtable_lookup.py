from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.hashtable_lookup import OP
from pytflite.schema.enums import BuiltinOperator
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, Result, byte_of, elements, integers, kinds, one_op, shapes

LETTERS = [kind[2] for kind in kinds(OP)]


def hashtable_lookup(
    letter: str,
    seed: int,
    *,
    shape: tuple[int, ...] = (6, 2),
    wanted: tuple[int, ...] = (8,),
    keys: int | None = None,
    ordered: bool = True,
    reach: int = 12,
) -> Case:
    """A HASHTABLE_LOOKUP in a random table; about half of the keys are there."""
    rng = np.random.default_rng(seed)
    key = rng.integers(-reach, reach, shape[0] if keys is None else keys)
    if ordered:
        key.sort()
    lookup = rng.integers(-reach, reach, wanted)
    if key.size:
        lookup = np.where(rng.random(wanted) < 0.4, rng.choice(key, wanted), lookup)
    operands = [
        integers(lookup, fed=True),
        integers(key, fed=True),
        Operand(elements(rng, letter, shape), letter),
    ]
    return one_op(BuiltinOperator.HASHTABLE_LOOKUP, operands, [Result(letter, (1,)), Result("u8")])


@st.composite
def hashtable_lookups(draw: st.DrawFn) -> Case:
    letter = draw(st.sampled_from(LETTERS))
    return hashtable_lookup(
        letter,
        draw(st.integers(0, 2**32)),
        shape=(draw(st.integers(1, 9)), *draw(shapes(0, 0 if letter == "str" else 3)), *byte_of(letter)),
        wanted=draw(st.sampled_from([(0,), (1,), (9,)])),
        ordered=draw(st.booleans()),
        reach=draw(st.sampled_from([4, 12, 2**31])),
    )


@pytest.mark.parametrize("letter", LETTERS)
def test_every_kind_agrees(letter: str) -> None:
    agree(hashtable_lookup(letter, 0, shape=(6,) if letter == "str" else (6, 2, *byte_of(letter))))


@settings(max_examples=80, deadline=None)
@given(hashtable_lookups())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {letter: hashtable_lookup(letter, i, shape=(6, *byte_of(letter))) for i, letter in enumerate(LETTERS)}


def test_golden() -> None:
    agrees_with_golden("hashtable_lookup")


@pytest.mark.parametrize(
    ("letter", "change", "message"),
    [
        ("f32", {"wanted": (2, 2)}, "lookup .* must be a vector"),
        ("f32", {"keys": 5}, "value .* must have 5 rows, one for each key"),
        ("f32", {"shape": (0, 2)}, "must have at least one row"),
        ("str", {}, "value .* must be a vector"),
        ("u4", {"shape": (6, 3)}, "The rows of value .* must fill whole bytes"),
    ],
)
def test_refuses(letter: str, change: dict[str, Any], message: str) -> None:
    refuses(hashtable_lookup(letter, 0, **change), message)
