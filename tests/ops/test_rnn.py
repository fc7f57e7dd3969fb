from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from pytflite.errors import PrepareError
from pytflite.plan.prepare import prepare
from pytflite.profiles import REFERENCE
from pytflite.schema.enums import BuiltinOperator
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.rnns import RNN_REFUSALS, rnn, rnn_golden_cases, rnns

OPERATOR = BuiltinOperator.RNN


@settings(max_examples=100, deadline=None)
@given(rnns(OPERATOR))
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return rnn_golden_cases(OPERATOR)


def test_golden() -> None:
    agrees_with_golden("rnn")


@pytest.mark.parametrize(("name", "change", "message"), RNN_REFUSALS)
def test_refuses(name: str, change: dict[str, Any], message: str) -> None:
    subject = rnn(OPERATOR, "float32", 0)
    tensors = tuple(replace(t, **change) if t.name == name else t for t in subject.model.main.tensors)
    graph = replace(subject.model.main, tensors=tensors)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(RNN\) failed to prepare"):
        prepare(replace(subject.model, subgraphs=(graph,)), 0, REFERENCE)
