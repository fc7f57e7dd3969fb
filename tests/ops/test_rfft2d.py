from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.model.write import write
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import Rfft2dOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import HAS_LITERT, Case, agree, agrees_with_golden, evaluate, real
from tests.ops.operands import Operand, Result, integers, one_op
from tests.ops.pairs import Array, Shape


def model(value: Array, lengths: list[int], *, fed: bool = False) -> Case:
    """An RFFT2D."""
    operands = [Operand(value, "f32"), integers(lengths, fed=fed)]
    return one_op(BuiltinOperator.RFFT2D, operands, [Result("c64")], Rfft2dOptions())


def transform(seed: int, shape: Shape = (2, 5, 9), lengths: tuple[int, int] = (8, 8), *, fed: bool = False) -> Case:
    """An RFFT2D of random numbers, or of few different ones, so that many terms cancel out."""
    rng = np.random.default_rng(seed)
    value = rng.normal(0, 10 ** rng.uniform(-3, 3), shape)
    return model((np.round(value) if rng.random() < 0.3 else value).astype(np.float32), list(lengths), fed=fed)


@st.composite
def transforms(draw: st.DrawFn) -> Case:
    shape = (*draw(st.lists(st.integers(1, 3), max_size=2)), draw(st.integers(1, 40)), draw(st.integers(1, 40)))
    lengths = 1 << draw(st.integers(0, 6)), 1 << draw(st.integers(1, 6))
    return transform(draw(st.integers(0, 2**32)), shape, lengths, fed=draw(st.booleans()))


@pytest.mark.skipif(not HAS_LITERT, reason="ai_edge_litert is not installed")
@settings(max_examples=80, deadline=None)
@given(transforms())
def test_agrees(subject: Case) -> None:
    """Within the bound in the note of the rule; zeros by symmetry exactly."""
    (ours,) = evaluate(subject.model, subject.inputs, kernels=False)
    (theirs,) = real(write(subject.model), subject.inputs)
    assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
    largest = np.abs(theirs).max((-2, -1), keepdims=True, initial=0)
    for part in ("real", "imag"):
        mine, other = getattr(ours, part), getattr(theirs, part)
        difference = np.abs(mine.astype(np.float64) - other)
        assert (difference <= np.spacing(np.abs(other)) + 2.0**-48 * largest).all()


@pytest.mark.parametrize("lengths", [(1, 2), (2, 2), (1, 8), (8, 2), (16, 16), (64, 128)])
def test_random_numbers_agree_in_every_bit(lengths: tuple[int, int]) -> None:
    agree(model(np.random.default_rng(7).standard_normal((2, 70, 100), np.float32), list(lengths)))


def golden_cases() -> dict[str, Case]:
    value = np.random.default_rng(7).standard_normal((2, 5, 9), np.float32)
    return {f"{h}x{w}": model(value, [h, w]) for h, w in ((1, 2), (8, 8), (4, 16), (16, 4))}


def test_golden() -> None:
    agrees_with_golden("rfft2d")


@pytest.mark.parametrize(
    ("value", "lengths", "message"),
    [
        (np.ones(4, np.float32), [2, 2], "input .* must have at least 2 dimensions"),
        (np.ones((4, 4), np.float32), [2, 2, 2], "fft_length .* must have 2 elements"),
        (np.ones((4, 4), np.float32), [2, 6], "must hold powers of two, the second above 1: 2, 6"),
        (np.ones((4, 4), np.float32), [2, 1], "must hold powers of two, the second above 1: 2, 1"),
        (np.ones((4, 4), np.float32), [-4, 4], "must hold powers of two"),
    ],
)
def test_refuses(value: Array, lengths: list[int], message: str) -> None:
    refuses(model(value, lengths), message)
