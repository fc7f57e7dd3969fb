"""Operators with float32 activations that keep a state: run after run, bit for bit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.model.types import Model
from pytflite.plan.prepare import prepare
from pytflite.profiles import REFERENCE
from pytflite.runtime.session import Session
from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator
from tests.ops import test_bidirectional_sequence_lstm as bidirectional_lstms
from tests.ops import test_bidirectional_sequence_rnn as bidirectional_rnns
from tests.ops import test_lstm as steps
from tests.ops.harness import Case
from tests.ops.lstms import lstm_cases
from tests.ops.rnns import rnn, rnns
from tests.ops.test_svdf import svdf
from tests.ops.test_unidirectional_sequence_lstm import lstm

pytest.importorskip("numba", reason="numba is not installed: the definitions run alone")

from pytflite.runtime.engine import float_recurrent
from tests.engine.engines import agree

ACTIVATIONS = list(ActivationFunctionType)


def as_converted(model: Model) -> Model:
    """The same without 8-bit weights of -128, which converters do not make; only such are bound."""
    tensors = {tensor.buffer for tensor in model.main.tensors if tensor.dtype.letter in ("i8", "u8")}
    buffers = tuple(
        np.where(data == 0x80, np.uint8(0x81), data) if data is not None and index in tensors else data
        for index, data in enumerate(model.buffers)
    )
    return replace(model, buffers=buffers)


def bound(subject: Case, *, threads: int = 1) -> bool:
    """Whether the engine runs the operator, which gives the bits of its definition."""
    return bool(agree(as_converted(subject.model), subject.inputs[0], threads=threads).bound)


@settings(max_examples=30, deadline=None)
@given(
    kind=st.sampled_from(["float32", "diagonal", "hybrid", "hybrid_uint8", "hybrid_diagonal"]),
    seed=st.integers(0, 2**32),
    batch=st.integers(1, 3),
    time=st.integers(1, 4),
    inputs=st.integers(9, 40),
    cells=st.integers(9, 40),
    outputs=st.integers(9, 20),
    cifg=st.booleans(),
    peephole=st.booleans(),
    norm=st.booleans(),
    projection=st.sampled_from(["", "", "weights", "bias"]),
    cell_clip=st.sampled_from([0.0, 0.3]),
    proj_clip=st.sampled_from([0.0, 0.2]),
    fused_activation_function=st.sampled_from([ActivationFunctionType.TANH, *ACTIVATIONS]),
    asymmetric_quantize_inputs=st.booleans(),
    time_major=st.booleans(),
)
def test_lstm(**parameters: Any) -> None:
    if parameters["kind"].endswith("diagonal"):
        parameters |= {"outputs": parameters["cells"]}
    assert bound(lstm(**parameters))


@pytest.mark.parametrize("cells", [9, 12, 13, 64])
@pytest.mark.parametrize("batch", [2, 4, 5, 9])
def test_batches_that_are_one_product(cells: int, batch: int) -> None:
    for inputs in (23, 40):
        assert bound(lstm("float32", cells, cells=cells, inputs=inputs, batch=batch, time_major=True))


@pytest.mark.parametrize("threads", [2, 3])
@pytest.mark.parametrize("kind", ["float32", "hybrid"])
def test_threads(kind: str, threads: int) -> None:
    assert bound(lstm(kind, 5, cells=96, inputs=100, batch=3), threads=threads)


@settings(max_examples=30, deadline=None)
@given(lstm_cases(["float32", "hybrid", "hybrid_uint8"]), st.integers(1, 3))
def test_steps_of_lstms(parameters: dict[str, Any], batch: int) -> None:
    bound(steps.lstm(**parameters, batch=batch))


@settings(max_examples=20, deadline=None)
@given(bidirectional_lstms.lstms())
def test_bidirectional_lstm(subject: Case) -> None:
    bound(subject)


@settings(max_examples=20, deadline=None)
@given(rnns(BuiltinOperator.RNN))
def test_steps_of_rnns(subject: Case) -> None:
    assert bound(subject)


@settings(max_examples=20, deadline=None)
@given(rnns(BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_RNN))
def test_rnn(subject: Case) -> None:
    assert bound(subject)


@settings(max_examples=20, deadline=None)
@given(bidirectional_rnns.rnns())
def test_bidirectional_rnn(subject: Case) -> None:
    assert bound(subject)


@settings(max_examples=30, deadline=None)
@given(
    kind=st.sampled_from(["float32", "hybrid", "hybrid_uint8"]),
    seed=st.integers(0, 2**32),
    batch=st.integers(1, 3),
    inputs=st.integers(1, 40),
    units=st.integers(1, 20),
    rank=st.integers(1, 9),
    memory=st.integers(1, 20),
    with_bias=st.booleans(),
    fused_activation_function=st.sampled_from(ACTIVATIONS),
    asymmetric_quantize_inputs=st.booleans(),
)
def test_svdf(**parameters: Any) -> None:
    assert bound(svdf(**parameters))


@pytest.mark.parametrize("kind", ["float32", "hybrid", "int8"])
def test_begins_anew_after_a_reset(kind: str) -> None:
    subject = lstm(kind, 3, cells=11, inputs=12)
    session = Session(prepare(as_converted(subject.model), 0, REFERENCE))
    session.set(session.plan.subgraph.inputs[0], subject.inputs[0][0])
    (output,) = session.plan.subgraph.outputs
    results = []
    for starts_anew in (False, False, True):
        if starts_anew:
            session.reset()
        session.invoke()
        results.append(session.arrays[output].tobytes())
    assert session.bind() is not None
    assert results[0] == results[2] != results[1]


@pytest.mark.parametrize("kind", ["float32", "hybrid"])
def test_weights_that_sse_falsifies_are_left_alone(kind: str) -> None:
    subject = rnn(BuiltinOperator.RNN, kind, 0, inputs=16, units=40)
    assert agree(subject.model, subject.inputs[0]).bound == ({0} if kind == "float32" else set())


def test_long_sequences_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(float_recurrent, "MOST_STEPS", 3)
    assert bound(lstm("float32", 0, time=3))
    assert not bound(lstm("float32", 0, time=4))
    assert not bound(rnn(BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_RNN, "float32", 0, time=4))


@pytest.mark.parametrize("magnitude", [1e-40, 1e30, np.inf])
def test_extremes(magnitude: float) -> None:
    subject = lstm("float32", 1, batch=1, cells=9, inputs=11)
    data = np.full_like(subject.inputs[0][0], 0.5)
    data[0, 1, ::3] = magnitude
    assert agree(subject.model, [data]).bound == {0}
