"""Float32 activations with 8-bit weights, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.build import ModelBuilder
from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator, Padding
from pytflite.schema.tables import FullyConnectedOptions
from tests.ops.test_conv_2d import convolution
from tests.ops.test_depthwise_conv_2d import depthwise
from tests.ops.test_fully_connected import full_connections

pytest.importorskip("numba", reason="numba is not installed: the definitions run alone")

from tests.engine.engines import agree

ACTIVATIONS = list(ActivationFunctionType)[:4]


@settings(max_examples=40, deadline=None)
@given(
    kind=st.sampled_from(["hybrid_int8", "hybrid_int4", "hybrid_uint8"]),
    seed=st.integers(0, 2**32),
    batch=st.sampled_from([1, 1, 1, 2]),
    size=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    channels=st.integers(1, 20),
    outputs=st.integers(1, 40),
    filter_size=st.sampled_from([(1, 1), (1, 1), (3, 3), (2, 1), (1, 4)]),
    stride=st.sampled_from([(1, 1), (1, 1), (2, 2), (1, 3)]),
    dilation=st.sampled_from([(1, 1), (1, 1), (2, 1), (1, 2)]),
    activation=st.sampled_from(ACTIVATIONS),
)
def test_convolutions(**parameters: Any) -> None:
    subject = convolution(padding=Padding.SAME, **parameters)
    agree(subject.model, subject.inputs[0])


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    batch=st.sampled_from([1, 1, 2]),
    size=st.tuples(st.integers(4, 9), st.integers(4, 9)),
    channels=st.integers(1, 40),
    multiplier=st.sampled_from([1, 1, 2, 3]),
    filter_size=st.sampled_from([(1, 1), (3, 3), (3, 3), (2, 1), (1, 4)]),
    stride=st.sampled_from([(1, 1), (2, 2), (1, 3)]),
    activation=st.sampled_from(ACTIVATIONS),
)
def test_depthwise_convolutions(**parameters: Any) -> None:
    subject = depthwise("hybrid_int8", **parameters)
    assert agree(subject.model, subject.inputs[0]).bound == {0}


@settings(max_examples=30, deadline=None)
@given(full_connections())
def test_whatever_the_operator_takes(subject: Any) -> None:
    for inputs in subject.inputs:
        agree(subject.model, inputs)


@pytest.mark.parametrize("asymmetric", [False, True])
@pytest.mark.parametrize(("rows", "depth", "units"), [(1, 1, 1), (3, 7, 5), (5, 40, 33), (20, 129, 16)])
@pytest.mark.parametrize("magnitude", [1.0, 1e-36, 1e-42, 1e37])
def test_full_connections(asymmetric: bool, rows: int, depth: int, units: int, magnitude: float) -> None:
    rng = np.random.default_rng(rows)
    for activation in ACTIVATIONS:
        g = (b := ModelBuilder()).subgraph("main")
        data = (rng.standard_normal((rows, depth)) * magnitude).astype(np.float32)
        data[rng.random(rows) < 0.2] = 0
        tensors = [
            g.input("input", data.shape, "f32"),
            g.constant("filter", rng.integers(-127, 128, (units, depth)), "i8", scale=np.float32(0.01)),
            g.constant("bias", rng.standard_normal(units), "f32"),
        ]
        options = FullyConnectedOptions(fused_activation_function=activation, asymmetric_quantize_inputs=asymmetric)
        g.operator(BuiltinOperator.FULLY_CONNECTED, tensors, [g.output("output", (0, 0), "f32")], options)
        assert agree(b.build(), [data]).bound == {0}


@pytest.mark.parametrize("outputs", [4, 8, 40])
def test_bound_convolutions(outputs: int) -> None:
    bound = [
        len(agree(subject.model, subject.inputs[0]).bound)
        for seed in range(4)
        for subject in [convolution("hybrid_int8", seed, channels=5, outputs=outputs, size=(6, 7), batch=2)]
    ]
    assert any(bound)
