from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.lsh_projection import OP
from pytflite.schema.enums import BuiltinOperator, LSHProjectionType
from pytflite.schema.tables import LSHProjectionOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, Result, byte_of, elements, kinds, one_op, shapes

LETTERS = [kind[1] for kind in kinds(OP)]
TYPES = [LSHProjectionType.SPARSE, LSHProjectionType.DENSE]


def projection(
    letter: str,
    seed: int,
    *,
    type: LSHProjectionType = LSHProjectionType.DENSE,
    hashes: tuple[int, ...] = (3, 5),
    shape: tuple[int, ...] = (4, 3),
    weights: int | None = None,
) -> Case:
    """An LSH_PROJECTION of random items with random seeds."""
    rng = np.random.default_rng(seed)
    operands = [
        Operand(rng.standard_normal(hashes).astype(np.float32), "f32"),
        Operand(elements(rng, letter, shape), letter),
    ]
    if weights is not None:
        operands.append(Operand(rng.standard_normal(weights).astype(np.float32), "f32"))
    return one_op(BuiltinOperator.LSH_PROJECTION, operands, [Result("i32")], LSHProjectionOptions(type=type))


@st.composite
def projections(draw: st.DrawFn) -> Case:
    letter = draw(st.sampled_from(LETTERS))
    shape = (draw(st.integers(1, 6)), *draw(shapes(0, 3)), *byte_of(letter))
    return projection(
        letter,
        draw(st.integers(0, 2**32)),
        type=draw(st.sampled_from(TYPES)),
        hashes=(draw(st.integers(0, 4)), draw(st.sampled_from([0, 1, 5, 31, 32]))),
        shape=shape,
        weights=draw(st.sampled_from([None, shape[0]])),
    )


@pytest.mark.parametrize("letter", LETTERS)
def test_every_kind_agrees(letter: str) -> None:
    agree(projection(letter, 0, shape=(4, 3, *byte_of(letter))))


@pytest.mark.parametrize("size", [*range(68), 123, 124, 125, 188, 189, 500])
def test_agrees_on_items_of_any_length(size: int) -> None:
    agree(projection("u8", size, hashes=(4, 16), shape=(1, size)))


@settings(max_examples=80, deadline=None)
@given(projections())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    cases = {letter: projection(letter, i, shape=(4, 3, *byte_of(letter))) for i, letter in enumerate(LETTERS)}
    return cases | {type.name.lower(): projection("i32", 1, type=type, weights=4, hashes=(8, 20)) for type in TYPES}


def test_golden() -> None:
    agrees_with_golden("lsh_projection")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hashes": (3,)}, "hash .* must have 2 dimensions"),
        ({"hashes": (3, 33)}, "must have at most 32 bits"),
        ({"shape": ()}, "input .* must have at least one item"),
        ({"shape": (0, 3)}, "input .* must have at least one item"),
        ({"weights": 3}, "weight .* must be a vector of 4 elements"),
        ({"type": LSHProjectionType.UNKNOWN}, "The type must be SPARSE or DENSE"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    refuses(projection("i32", 0, **change), message)
