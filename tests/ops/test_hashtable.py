from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from pytflite.build import ModelBuilder
from pytflite.errors import PrepareError
from pytflite.schema.enums import BuiltinOperator, TensorType
from pytflite.schema.tables import HashtableOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.tables import NUMBERS, RESOLVER, WORDS, fill, find, handle, looked_up, lookups, strings


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
    agrees_with_golden("hashtable")


def test_refuses() -> None:
    b = ModelBuilder()
    g = b.subgraph("main")
    ref = g.output("handle", (1,), "res")
    g.operator(BuiltinOperator.HASHTABLE, [], [ref], HashtableOptions(1, TensorType.INT64, TensorType.INT64))
    with pytest.raises(PrepareError, match=r"must be INT64 and STRING[\s\S]*Node number 0 \(HASHTABLE\)"):
        evaluate(b.build(), [[]], kernels=False)


def test_there_may_be_several() -> None:
    b = ModelBuilder()
    g = b.subgraph("main")
    asked = g.input("keys", (1,), "i64")
    for number, word in ((0, b"one"), (1, b"two")):
        known = handle(g, number=number)
        fill(g, known, np.array([1]), strings(word))
        g.mark_output(find(g, known, asked, (1,), strings(b"")))
    subject = Case(b.build(), [[np.array([1])]], RESOLVER)
    assert [output.item() for output in evaluate(subject.model, subject.inputs, kernels=False)] == [b"one", b"two"]
    agree(subject)
