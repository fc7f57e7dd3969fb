"""int16 activations: every shape that the engine takes, bit for bit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator, Padding
from pytflite.schema.tables import DepthwiseConv2DOptions
from tests.ops.convolutions import convolution_case
from tests.ops.test_batch_matmul import matrix_product
from tests.ops.test_conv_2d import convolution
from tests.ops.test_fully_connected import full_connections

pytest.importorskip("numba", reason="numba is not installed: the definitions run alone")

from tests.engine.engines import agree

ACTIVATIONS = list(ActivationFunctionType)[:4]


@settings(max_examples=40, deadline=None)
@given(
    kind=st.sampled_from(["int16x8", "int16x8_int32", "int16xint4"]),
    seed=st.integers(0, 2**32),
    batch=st.sampled_from([1, 1, 1, 2]),
    size=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    groups=st.sampled_from([1, 1, 1, 2]),
    depth=st.integers(1, 20),
    outputs=st.integers(1, 40),
    filter_size=st.sampled_from([(1, 1), (1, 1), (3, 3), (2, 1), (1, 4)]),
    stride=st.sampled_from([(1, 1), (1, 1), (2, 2), (1, 3)]),
    dilation=st.sampled_from([(1, 1), (1, 1), (2, 1), (1, 2)]),
    activation=st.sampled_from(ACTIVATIONS),
)
def test_convolutions(depth: int, outputs: int, groups: int, **parameters: Any) -> None:
    subject = convolution(
        channels=groups * depth, outputs=groups * outputs, groups=groups, padding=Padding.SAME, **parameters
    )
    agree(subject.model, subject.inputs[0])


@pytest.mark.parametrize("kind", ["int16x8", "int16x8_int32"])
@pytest.mark.parametrize(
    ("size", "channels", "outputs", "filter_size"),
    [((1, 1), 1, 1, (1, 1)), ((7, 1), 17, 33, (1, 1)), ((30, 30), 3, 24, (3, 3)), ((9, 13), 30, 48, (3, 3))],
)
def test_bound_convolutions(kind: str, size: Any, channels: int, outputs: int, filter_size: Any) -> None:
    bound = 0
    for seed in range(4):
        subject = convolution(
            kind, seed, size=size, channels=channels, outputs=outputs, filter_size=filter_size,
            activation=ACTIVATIONS[seed],
        )  # fmt: skip
        bound += len(agree(subject.model, subject.inputs[0]).bound)
    assert bound


@pytest.mark.parametrize("channels", [1, 8, 15, 16, 17, 40])
@pytest.mark.parametrize(("filter_size", "stride"), [((3, 3), 1), ((3, 3), 2), ((5, 4), 1), ((1, 1), 1)])
@pytest.mark.parametrize("single", [False, True])
def test_depthwise(channels: int, filter_size: tuple[int, int], stride: int, single: bool) -> None:
    options = DepthwiseConv2DOptions(
        padding=Padding.SAME, stride_h=stride, stride_w=stride, depth_multiplier=1, dilation_w_factor=1 + channels % 2
    )
    subject = convolution_case(
        BuiltinOperator.DEPTHWISE_CONV_2D, "int16x8", channels, options,
        input_shape=(2, 9, 7, 1 if single else channels), filter_shape=(1, *filter_size, channels), channel_axis=3,
        scales=channels,
    )  # fmt: skip
    assert agree(subject.model, subject.inputs[0]).bound == {0}


@settings(max_examples=30, deadline=None)
@given(full_connections())
def test_full_connections(subject: Any) -> None:
    for inputs in subject.inputs:
        agree(subject.model, inputs)


@pytest.mark.parametrize("kind", ["int16x8", "int16"])
@pytest.mark.parametrize(("batch", "rows", "depth", "columns"), [((), 1, 1, 1), ((2, 3), 7, 33, 18), ((5,), 20, 8, 40)])
@pytest.mark.parametrize("adj_y", [False, True])
def test_matrix_products(kind: str, batch: Any, rows: int, depth: int, columns: int, adj_y: bool) -> None:
    sizes = {"rows": rows, "depth": depth, "columns": columns}
    subject = matrix_product(kind, 3, batch=(batch, ()), constant=True, adj_y=adj_y, **sizes)
    assert agree(subject.model, subject.inputs[0]).bound == ({0} if kind == "int16x8" or depth == 1 else set())
