from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from pytflite.build import ModelBuilder
from pytflite.errors import InvokeError, PrepareError
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.tables import NUMBERS, WORDS, find, handle, looked_up, lookups, strings


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
    agrees_with_golden("hashtable_find")


def test_refuses() -> None:
    b = ModelBuilder()
    g = b.subgraph("main")
    g.mark_output(find(g, handle(g), g.input("keys", (1,), "i64"), (1,), strings()))
    with pytest.raises(PrepareError, match=r"must have an element[\s\S]*\(HASHTABLE_FIND\) failed to prepare"):
        evaluate(b.build(), [[np.array([1])]], kernels=False)
    b = ModelBuilder()
    g = b.subgraph("main")
    g.mark_output(find(g, handle(g), g.input("keys", (1,), "i64"), (1,), strings(b"")))
    with pytest.raises(InvokeError, match=r"hashtable need to be initialized before using[\s\S]*\(HASHTABLE_FIND\)"):
        evaluate(b.build(), [[np.array([1])]], kernels=False)
