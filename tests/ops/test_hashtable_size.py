from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from pytflite.build import ModelBuilder
from pytflite.errors import PrepareError
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.tables import NUMBERS, RESOLVER, WORDS, handle, looked_up, lookups, size


@settings(max_examples=30, deadline=None)
@given(lookups())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {
        "words": looked_up(NUMBERS, WORDS, [NUMBERS[::-1].copy(), NUMBERS + 1]),
        "numbers": looked_up(WORDS, NUMBERS, [WORDS[::-1].copy()], again=True),
    }


def test_golden() -> None:
    agrees_with_golden("hashtable_size")


def test_nothing_is_in_it_at_first() -> None:
    b = ModelBuilder()
    g = b.subgraph("main")
    g.mark_output(size(g, handle(g)))
    subject = Case(b.build(), [[]], RESOLVER)
    assert evaluate(subject.model, subject.inputs, kernels=False)[0].tolist() == [0]
    agree(subject)


def test_refuses() -> None:
    b = ModelBuilder()
    g = b.subgraph("main")
    g.mark_output(size(g, g.input("handle", (), "res")))
    with pytest.raises(PrepareError, match=r"must be a vector of one element[\s\S]*\(HASHTABLE_SIZE\) failed"):
        evaluate(b.build(), [[np.array(0, np.int32)]], kernels=False)
