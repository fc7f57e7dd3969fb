from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.stablehlo_rng_bit_generator import OP
from pytflite.schema.enums import BuiltinOperator, RngAlgorithm
from pytflite.schema.tables import StablehloRngBitGeneratorOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, Result, kinds, one_op, shapes

LETTERS = [kind[2] for kind in kinds(OP)]


def bits(
    letter: str,
    seed: int,
    *,
    algorithm: RngAlgorithm = RngAlgorithm.DEFAULT,
    state: tuple[int, ...] = (2,),
    shape: tuple[int, ...] = (3, 5),
    kept: tuple[int, ...] | None = None,
    edge: bool = False,
) -> Case:
    """A STABLEHLO_RNG_BIT_GENERATOR from a random state; at the edge, one word of the counter is about to overflow."""
    rng = np.random.default_rng(seed)
    initial = rng.integers(0, 2**64, state, np.uint64)
    if edge:
        initial[1] |= rng.choice(np.array([2**32 - 1, 2**64 - 1], np.uint64))
    results = [Result("u64", state if kept is None else kept), Result(letter, shape)]
    options = StablehloRngBitGeneratorOptions(algorithm=algorithm)
    return one_op(BuiltinOperator.STABLEHLO_RNG_BIT_GENERATOR, [Operand(initial, "u64")], results, options)


@st.composite
def generators(draw: st.DrawFn) -> Case:
    algorithm = draw(st.sampled_from(list(RngAlgorithm)))
    return bits(
        draw(st.sampled_from(LETTERS)),
        draw(st.integers(0, 2**32)),
        algorithm=algorithm,
        state=(2,) if algorithm == RngAlgorithm.THREEFRY else draw(st.sampled_from([(2,), (3,)])),
        shape=draw(shapes(0, 4)),
        edge=draw(st.booleans()),
    )


@settings(max_examples=80, deadline=None)
@given(generators())
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("algorithm", RngAlgorithm)
@pytest.mark.parametrize("letter", LETTERS)
def test_every_kind_agrees(algorithm: RngAlgorithm, letter: str) -> None:
    agree(bits(letter, 1, algorithm=algorithm, edge=True))


def golden_cases() -> dict[str, Case]:
    return {
        f"{algorithm.name.lower()}_{letter}": bits(letter, i, algorithm=algorithm)
        for algorithm in RngAlgorithm
        for i, letter in enumerate(LETTERS)
    }


def test_golden() -> None:
    agrees_with_golden("stablehlo_rng_bit_generator")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"state": (4,)}, "must have 2 or 3 elements"),
        ({"state": (3,), "algorithm": RngAlgorithm.THREEFRY}, "must have 2 elements"),
        ({"kept": (3,)}, "output_state .* must have the shape of initial_state"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    refuses(bits("u32", 0, **change), message)
