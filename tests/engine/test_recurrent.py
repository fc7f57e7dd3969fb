"""Operators of int8 that keep a state: run after run, bit for bit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numba", reason="numba is not installed: the definitions run alone")

from tests.engine.engines import agree
from tests.ops import test_lstm as steps
from tests.ops.lstms import lstm_cases
from tests.ops.test_svdf import svdf, svdfs
from tests.ops.test_unidirectional_sequence_lstm import lstm, lstms


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    batch=st.integers(1, 3),
    time=st.integers(1, 4),
    inputs=st.integers(1, 40),
    cells=st.integers(1, 40),
    outputs=st.integers(1, 40),
    cifg=st.booleans(),
    peephole=st.booleans(),
    norm=st.booleans(),
    projection=st.sampled_from(["", "", "weights", "bias"]),
    cell_clip=st.sampled_from([0.0, 0.3]),
    proj_clip=st.sampled_from([0.0, 0.2]),
    time_major=st.booleans(),
)
def test_lstm(**parameters: Any) -> None:
    if parameters["peephole"] and parameters["projection"]:
        parameters |= {"outputs": min(parameters["outputs"], parameters["cells"])}
    subject = lstm("int8", **parameters)
    assert agree(subject.model, subject.inputs[0]).bound == {0}


@pytest.mark.parametrize("outputs", [70, 300])
def test_projection_to_more_than_there_are_cells(outputs: int) -> None:
    subject = lstm("int8", 0, cells=2, outputs=outputs, projection="weights")
    assert agree(subject.model, subject.inputs[0]).bound == {0}


@settings(max_examples=20, deadline=None)
@given(lstm_cases(["int8"]), st.integers(1, 3))
def test_steps_of_lstms(parameters: dict[str, Any], batch: int) -> None:
    subject = steps.lstm(**parameters, batch=batch)
    assert agree(subject.model, subject.inputs[0]).bound == {0}


@settings(max_examples=20, deadline=None)
@given(st.one_of(lstms(), svdfs()))
def test_whatever_the_operators_take(subject: Any) -> None:
    agree(subject.model, subject.inputs[0])


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    batch=st.integers(1, 3),
    inputs=st.integers(1, 40),
    units=st.integers(1, 20),
    rank=st.integers(1, 3),
    memory=st.integers(1, 20),
    with_bias=st.booleans(),
)
def test_svdf(**parameters: Any) -> None:
    subject = svdf("int8", **parameters)
    assert agree(subject.model, subject.inputs[0]).bound == {0}
