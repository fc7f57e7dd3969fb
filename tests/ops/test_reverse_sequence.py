from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import InvokeError, PrepareError
from pytflite.ops.reverse_sequence import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ReverseSequenceOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def reversal(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (3, 4),
    batch_dim: int = 0,
    seq_dim: int = 1,
    lengths: tuple[int, ...] | None = None,
) -> Case:
    """A REVERSE_SEQUENCE of random elements with random lengths."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, shape[seq_dim] + 1, shape[batch_dim]) if lengths is None else lengths
    operands = [Operand(elements(rng, kind[0], shape), kind[0]), integers(drawn, kind[1], fed=True)]
    options = ReverseSequenceOptions(seq_dim=seq_dim, batch_dim=batch_dim)
    return one_op(BuiltinOperator.REVERSE_SEQUENCE, operands, [Result(kind[0])], options)


@st.composite
def reversals(draw: st.DrawFn) -> Case:
    shape = draw(shapes(2, 5, empty=False))
    batch_dim, seq_dim = draw(st.permutations(range(len(shape))))[:2]
    return reversal(
        draw(st.sampled_from(KINDS)), draw(st.integers(0, 2**32)), shape=shape, batch_dim=batch_dim, seq_dim=seq_dim
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(reversal(kind, 0))


@settings(max_examples=60, deadline=None)
@given(reversals())
def test_agrees(subject: Case) -> None:
    agree(subject)


def test_refuses_lengths_beyond_the_sequence() -> None:
    subject = reversal(KINDS[0], 0, lengths=(1, 5, 2))
    message = r"5 are to be reversed[\s\S]*Node number 0 \(REVERSE_SEQUENCE\) failed to invoke"
    with pytest.raises(InvokeError, match=message):
        evaluate(subject.model, subject.inputs, kernels=False)


def golden_cases() -> dict[str, Case]:
    return {"_".join(kind[:2]): reversal(kind, i) for i, kind in enumerate(KINDS)}


def test_golden() -> None:
    agrees_with_golden("reverse_sequence")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seq_dim": 0}, "must be two axes"),
        ({"lengths": (1, 2)}, "must be a vector of 3 elements"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = reversal(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(REVERSE_SEQUENCE\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
