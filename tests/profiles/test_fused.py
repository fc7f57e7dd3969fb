"""Floats under `xnnpack` that end in fused multiply-adds: equal in every bit to the real runtime."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.model.write import write
from pytflite.plan.prepare import prepare
from pytflite.profiles import XNNPACK
from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator, Padding
from pytflite.schema.tables import DepthwiseConv2DOptions
from pytflite.tools.oracle import first_difference
from tests.ops.convolutions import convolution_case
from tests.ops.harness import HAS_LITERT, HAS_NUMBA, Case, evaluate, real
from tests.ops.test_batch_matmul import matrix_product
from tests.ops.test_conv_2d import convolution
from tests.ops.test_fully_connected import full_connection
from tests.profiles.sweep import shaped

pytestmark = pytest.mark.skipif(not HAS_LITERT, reason="ai_edge_litert is not installed")

ACTIVATIONS = st.sampled_from(list(ActivationFunctionType)[:4])
SEEDS = st.integers(0, 2**32)
STRIDES = st.sampled_from([(1, 1), (2, 2), (1, 2)])
DILATIONS = st.sampled_from([(1, 1), (1, 1), (2, 1)])
SIZES = st.tuples(st.integers(9, 14), st.integers(9, 14))
BATCHES = st.sampled_from([((), ()), ((2,), (2,)), ((3, 1), (2,)), ((1,), (3,)), ((2, 3), (3,)), ((2, 1), (1, 3))])
FILTERS = st.sampled_from([(1, 1), (3, 3), (2, 3), (5, 5), (1, 7), (4, 1), (6, 5)])


def agree(subject: Case) -> None:
    """Assert that XNNPACK takes the operator, and that definition, kernel and engine give its bits."""
    subject = finite(shaped(subject))
    (node,) = prepare(subject.model, 0, XNNPACK).first.nodes
    assert node.why.startswith(("XNNPACK takes it; rule float32_fused", "XNNPACK takes it; rule hybrid_fused"))
    expected = real(write(subject.model), subject.inputs, "AUTO")
    for kernels, engine in ((False, False), (True, False), (True, True)) if HAS_NUMBA else ((False, False),):
        got = evaluate(subject.model, subject.inputs, kernels=kernels, engine=engine, profile=XNNPACK)
        assert not (difference := first_difference(got, expected)), f"kernels {kernels}, engine {engine}: {difference}"


def finite(subject: Case) -> Case:
    """The case without infinities, which XNNPACK's kernels for one channel multiply with zeros beside the filter."""
    return replace(subject, inputs=[[np.nan_to_num(array, posinf=1e9, neginf=-1e9) for array in subject.inputs[0]]])


@settings(max_examples=30, deadline=None)
@given(
    seed=SEEDS,
    batch=st.integers(1, 2),
    size=SIZES,
    groups=st.sampled_from([1, 1, 1, 2, 3]),
    depth=st.integers(1, 40),
    outputs=st.integers(1, 40),
    filter_size=FILTERS,
    stride=STRIDES,
    dilation=DILATIONS,
    padding=st.sampled_from(list(Padding)),
    activation=ACTIVATIONS,
)
def test_convolutions(groups: int, depth: int, outputs: int, **parameters: Any) -> None:
    agree(convolution("float32", channels=groups * depth, outputs=groups * outputs, groups=groups, **parameters))


@settings(max_examples=30, deadline=None)
@given(SEEDS, SIZES, st.integers(1, 40), st.sampled_from([1, 1, 1, 2, 3]), FILTERS, st.data())
def test_depthwise(
    seed: int, size: tuple[int, int], channels: int, multiplier: int, filter_size: tuple[int, int], data: st.DataObject
) -> None:
    stride, dilation = data.draw(STRIDES), data.draw(DILATIONS)
    options = DepthwiseConv2DOptions(
        padding=data.draw(st.sampled_from(list(Padding))),
        stride_h=stride[0],
        stride_w=stride[1],
        depth_multiplier=multiplier,
        dilation_h_factor=dilation[0],
        dilation_w_factor=dilation[1],
        fused_activation_function=data.draw(ACTIVATIONS),
    )
    shapes = {"input_shape": (1, *size, channels), "filter_shape": (1, *filter_size, channels * multiplier)}
    agree(convolution_case(BuiltinOperator.DEPTHWISE_CONV_2D, "float32", seed, options, channel_axis=3, **shapes))


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.integers(1, 9), st.integers(1, 300), st.integers(1, 40), ACTIVATIONS, st.booleans())
def test_full_connections(
    seed: int, rows: int, depth: int, units: int, activation: ActivationFunctionType, bias: bool
) -> None:
    agree(full_connection("float32", seed, shape=(rows, depth), units=units, activation=activation, with_bias=bias))


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(["hybrid", "hybrid_int4"]), SEEDS, st.integers(1, 5), st.integers(1, 60), st.data())
def test_hybrid_full_connections(kind: str, seed: int, rows: int, depth: int, data: st.DataObject) -> None:
    subject = full_connection(
        kind,
        seed,
        shape=(rows, 2 * depth),
        units=data.draw(st.integers(2, 40)),
        activation=data.draw(ACTIVATIONS),
        per_axis=data.draw(st.booleans()),
        with_bias=data.draw(st.booleans()),
        asymmetric_quantize_inputs=data.draw(st.booleans()),
        quantize={"filter": {"zero_point": 0}},
    )
    agree(subject)


@settings(max_examples=30, deadline=None)
@given(
    seed=SEEDS,
    batch=st.integers(1, 2),
    size=SIZES,
    channels=st.integers(1, 20),
    outputs=st.integers(1, 30),
    filter_size=FILTERS,
    stride=STRIDES,
    dilation=DILATIONS,
    padding=st.sampled_from(list(Padding)),
    activation=ACTIVATIONS,
    per_axis=st.booleans(),
)
def test_hybrid_convolutions(**parameters: Any) -> None:
    agree(convolution("hybrid_int8", **parameters))


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.integers(1, 5), st.integers(1, 60), st.integers(1, 30), BATCHES, st.data())
def test_matrices(
    seed: int, rows: int, depth: int, columns: int, batch: tuple[tuple[int, ...], tuple[int, ...]], data: st.DataObject
) -> None:
    kind = data.draw(st.sampled_from(["float32", "hybrid"]))
    agree(
        matrix_product(
            kind,
            seed,
            batch=batch,
            rows=rows,
            depth=depth,
            columns=columns,
            constant=kind == "hybrid" or data.draw(st.booleans()),
            per_axis=data.draw(st.booleans()),
            adj_x=data.draw(st.booleans()),
            adj_y=data.draw(st.booleans()),
            asymmetric_quantize_inputs=data.draw(st.booleans()),
        )
    )


def test_infinities_pass_where_there_is_no_activation() -> None:
    subject = shaped(full_connection("float32", 0, shape=(2, 3), units=4))
    subject.inputs[0][0][...] = [[np.inf, 1, 2], [3e38, -np.inf, 1]]
    got = evaluate(subject.model, subject.inputs, kernels=False, profile=XNNPACK)
    assert not first_difference(got, real(write(subject.model), subject.inputs, "AUTO"))
    assert np.isinf(got[0]).any()
