from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from pytflite.build import ModelBuilder
from pytflite.errors import InvokeError, PrepareError
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.tables import NUMBERS, WORDS, fill, handle, looked_up, lookups, strings


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
    agrees_with_golden("hashtable_import")


def test_of_equal_keys_the_first_counts() -> None:
    subject = looked_up(strings(b"a", b"a"), np.array([1, 2]), [strings(b"a")])
    found, count = evaluate(subject.model, subject.inputs, kernels=False)
    assert (found.item(), count.item()) == (1, 1)
    agree(subject)


def test_refuses() -> None:
    b = ModelBuilder()
    g = b.subgraph("main")
    fill(g, handle(g), NUMBERS, WORDS[:2])
    with pytest.raises(PrepareError, match=r"must have the same shape[\s\S]*\(HASHTABLE_IMPORT\) failed to prepare"):
        evaluate(b.build(), [[]], kernels=False)
    b = ModelBuilder()
    g = b.subgraph("main")
    fill(g, handle(g), WORDS, NUMBERS)
    with pytest.raises(InvokeError, match=r"Hash table 5 holds str by i64, not i64 by str[\s\S]*\(HASHTABLE_IMPORT\)"):
        evaluate(b.build(), [[]], kernels=False)
    b = ModelBuilder()
    g = b.subgraph("main")
    fill(g, g.input("handle", (1,), "res"), WORDS, NUMBERS)
    with pytest.raises(InvokeError, match=r"There is no hash table 3[\s\S]*\(HASHTABLE_IMPORT\) failed to invoke"):
        evaluate(b.build(), [[np.array([3], np.int32)]], kernels=False)
