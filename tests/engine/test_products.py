"""Sums of products: every shape that the engine takes, at tile borders and beyond, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.arithmetic.requantize import REQUANTIZERS
from pytflite.build import ModelBuilder
from pytflite.model.types import Model
from pytflite.profiles import OPTIMIZED, REFERENCE, XNNPACK, Profile, requantize
from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator, Padding
from pytflite.schema.tables import Conv2DOptions, DepthwiseConv2DOptions
from tests.ops.convolutions import convolution_case
from tests.ops.test_conv_2d import convolution, convolutions
from tests.ops.test_depthwise_conv_2d import depthwises
from tests.ops.test_fully_connected import full_connections

pytest.importorskip("numba", reason="numba is not installed: the definitions run alone")

from pytflite.kernels import _compile
from pytflite.kernels.engine import gemm
from pytflite.kernels.engine.target import SHAPE, target_machine
from pytflite.runtime.engine import convolution as engine_convolution
from tests.engine.engines import agree

ACTIVATIONS = list(ActivationFunctionType)[:4]

UNBOUND = {"eight_bits", "rndnu16", "rounding_up_flat"}
"""Requantizers that no sum of products in codes of 8 bits has."""


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(["int8", "int8xint4", "uint8"]),
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


@pytest.mark.parametrize("kind", ["int8", "uint8"])
@pytest.mark.parametrize(
    ("size", "channels", "outputs", "filter_size"),
    [
        ((1, 1), 1, 1, (1, 1)),
        ((2, 3), 16, 16, (1, 1)),
        ((7, 1), 17, 33, (1, 1)),
        ((40, 40), 3, 24, (3, 3)),
        ((20, 20), 96, 23, (1, 1)),
        ((11, 5), 20, 8, (3, 3)),
        ((6, 6), 9, 5, (3, 3)),
        ((3, 9), 12, 24, (1, 1)),
        ((9, 13), 200, 48, (3, 3)),
        ((1, 5), 1500, 70, (1, 1)),
    ],
)
def test_bound_convolutions(kind: str, size: Any, channels: int, outputs: int, filter_size: Any) -> None:
    for seed in range(6):
        subject = convolution(
            kind, seed, size=size, channels=channels, outputs=outputs, filter_size=filter_size,
            activation=ACTIVATIONS[seed % 4],
        )  # fmt: skip
        engine = agree(subject.model, subject.inputs[0])
    assert engine.bound == {0} or has_extreme_bias(subject.model)


def has_extreme_bias(model: Model) -> bool:
    """Whether a bias is so large that the engine leaves the node alone."""
    bias = model.constant(next(tensor for tensor in model.main.tensors if tensor.name == "bias"))
    return bias is not None and bool(np.abs(bias.astype(np.int64)).max() > 1 << 28)


@pytest.mark.parametrize("kind", ["int8", "uint8"])
@pytest.mark.parametrize("channels", [1, 7, 8, 12, 15, 16, 17, 40, 64])
@pytest.mark.parametrize(("filter_size", "stride"), [((3, 3), 1), ((3, 3), 2), ((5, 4), 1), ((1, 1), 1)])
def test_depthwise(kind: str, channels: int, filter_size: tuple[int, int], stride: int) -> None:
    options = DepthwiseConv2DOptions(
        padding=Padding.SAME, stride_h=stride, stride_w=stride, depth_multiplier=1, dilation_w_factor=1 + channels % 2
    )
    subject = convolution_case(
        BuiltinOperator.DEPTHWISE_CONV_2D, kind, channels, options, input_shape=(2, 9, 7, channels),
        filter_shape=(1, *filter_size, channels), channel_axis=3, scales=channels if kind == "int8" else None,
    )  # fmt: skip
    engine = agree(subject.model, subject.inputs[0])
    assert engine.bound == {0} or has_extreme_bias(subject.model)


@pytest.mark.parametrize("kind", ["int8", "uint8", "int16x8", "float32"])
@pytest.mark.parametrize("padding", [Padding.SAME, Padding.VALID])
@pytest.mark.parametrize(
    ("filter_size", "stride", "dilation", "groups"),
    [
        ((1, 1), (1, 1), (1, 1), 1),
        ((3, 3), (1, 1), (1, 1), 1),
        ((3, 2), (2, 3), (1, 1), 2),
        ((2, 3), (1, 1), (3, 2), 1),
    ],
)
def test_many_panels(
    monkeypatch: pytest.MonkeyPatch, kind: str, padding: Padding, filter_size: Any, stride: Any, dilation: Any,
    groups: int,
) -> None:  # fmt: skip
    """Panels of few rows and of few lines, of several images, shared by threads by rows or by blocks."""
    for name, value in (("PANEL_BYTES", 1000), ("MOST_ROWS", 13), ("LEAST_PRODUCTS", 0)):
        monkeypatch.setattr(engine_convolution, name, value)
    bound = 0
    for seed, (outputs, threads) in enumerate(2 * [(4, 1), (20, 2), (70, 3)]):
        subject = convolution(
            kind, seed, size=(11, 9), batch=2, channels=6 * groups, outputs=outputs * groups, groups=groups,
            padding=padding, filter_size=filter_size, stride=stride, dilation=dilation,
        )  # fmt: skip
        bound += len(agree(subject.model, subject.inputs[0], threads=threads).bound)
    assert bound


@pytest.mark.parametrize("kind", ["int8", "float32", "int16x8"])
@pytest.mark.parametrize("filter_size", [(3, 3), (2, 1), (6, 5), (1, 7)])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 2), (1, 3), (2, 1), (3, 1), (3, 2), (2, 4), (4, 2)])
def test_depthwise_with_strides_and_dilation(
    kind: str, filter_size: tuple[int, int], stride: int, dilation: int
) -> None:
    """Outputs that see the same columns are computed together, filters of many taps by another loop."""
    options = DepthwiseConv2DOptions(
        padding=Padding.SAME, stride_h=stride, stride_w=stride, depth_multiplier=1, dilation_h_factor=dilation,
        dilation_w_factor=dilation,
    )  # fmt: skip
    subject = convolution_case(
        BuiltinOperator.DEPTHWISE_CONV_2D, kind, 0, options, input_shape=(1, 8, 17, 18),
        filter_shape=(1, *filter_size, 18), channel_axis=3, scales=None if kind == "float32" else 18,
    )  # fmt: skip
    engine = agree(subject.model, subject.inputs[0], threads=2)
    assert engine.bound == {0} or (kind != "float32" and has_extreme_bias(subject.model))


@settings(max_examples=40, deadline=None)
@given(st.one_of(convolutions(), depthwises(), full_connections()), st.sampled_from([REFERENCE, OPTIMIZED, XNNPACK]))
def test_whatever_the_operators_take(subject: Any, profile: Profile) -> None:
    for inputs in subject.inputs:
        agree(subject.model, inputs, profile=profile)


def one_tap(
    rng: np.random.Generator, channels: int, activation: ActivationFunctionType, largest: float = 3.0
) -> tuple[Model, Any]:
    """A convolution whose accumulators are its biases, more or less: of every size, at scales up to the largest."""
    g = (b := ModelBuilder()).subgraph("main")
    scale = np.exp(rng.uniform(np.log(1e-10), np.log(3.0), channels)).astype(np.float32)
    scale[rng.random(channels) < 0.4] = 2.0 ** rng.integers(-31, 2)
    scale = np.minimum(scale, np.float32(largest))
    x = g.input("input", (1, 3, 5, 1), "i8", scale=np.float32(1), zero_point=int(rng.integers(-128, 128)))
    taps = rng.integers(-128, 128, (channels, 1, 1, 1)).astype(np.int8)
    f = g.constant("filter", taps, "i8", scale=scale, zero_point=np.zeros(channels, np.int64), quantized_dimension=0)
    limit = (1 << int(rng.integers(1, 31))) + int(rng.integers(0, 2))
    bias = rng.integers(-limit, limit, channels).astype(np.int32)
    y = g.output("output", (0, 0, 0, 0), "i8", scale=np.float32(1), zero_point=int(rng.integers(-128, 128)))
    c = g.constant("bias", bias, "i32", scale=scale, zero_point=np.zeros(channels, np.int64))
    options = Conv2DOptions(stride_h=1, stride_w=1, fused_activation_function=activation)
    g.operator(BuiltinOperator.CONV_2D, [x, f, c], [y], options)
    return b.build(), rng.integers(-128, 128, (1, 3, 5, 1)).astype(np.int8)


@pytest.mark.parametrize("requantizer", sorted(set(REQUANTIZERS) - UNBOUND))
def test_accumulators_of_every_size_at_every_scale(requantizer: str) -> None:
    profile = REFERENCE.override("one recipe", {"CONV_2D/int8": requantize(requantizer)})
    bound, largest = 0, 0.9 if requantizer == "rounding_up_then_left" else 3.0
    for seed in range(80):
        model, data = one_tap(np.random.default_rng(seed), 41, ACTIVATIONS[seed % 4], largest)
        bound += len(agree(model, [data], profile=profile).bound)
    assert bound > 40


@pytest.mark.parametrize("requantizer", sorted(UNBOUND))
def test_other_recipes_are_left_alone(requantizer: str) -> None:
    profile = REFERENCE.override("one recipe", {"CONV_2D/int8": requantize(requantizer)})
    model, data = one_tap(np.random.default_rng(0), 16, ACTIVATIONS[0])
    assert not agree(model, [data], profile=profile).bound


@pytest.mark.parametrize("requantizer", ["double_rounding", "rounding_up", "rounding_up_by_channels", "single"])
@pytest.mark.parametrize("exponent", [0, 1, 2, 7, 20])
def test_ties(requantizer: str, exponent: int) -> None:
    """Every accumulator is a tie, or next to one, of either sign."""
    scale, channels = np.float32(2.0**-exponent), 24
    g = (b := ModelBuilder()).subgraph("main")
    x = g.input("input", (1, 1, 251, 1), "i8", scale=np.float32(1), zero_point=0)
    taps = np.ones((channels, 1, 1, 1), np.int8)
    f = g.constant("filter", taps, "i8", scale=[scale] * channels, zero_point=[0] * channels, quantized_dimension=0)
    bias = (np.arange(-channels // 2, channels // 2) * 2**exponent + 2**exponent // 2).astype(np.int32)
    y = g.output("output", (0, 0, 0, 0), "i8", scale=np.float32(1), zero_point=3)
    c = g.constant("bias", bias, "i32", scale=[scale] * channels, zero_point=[0] * channels)
    g.operator(BuiltinOperator.CONV_2D, [x, f, c], [y], Conv2DOptions(stride_h=1, stride_w=1))
    profile = REFERENCE.override("one recipe", {"CONV_2D/int8": requantize(requantizer)})
    data = (np.arange(251) - 125).astype(np.int8).reshape(1, 1, 251, 1)
    assert agree(b.build(), [data], profile=profile).bound


@pytest.mark.skipif(SHAPE.name != "avx2", reason="counts spills of the tile for 16 registers")
def test_tiles_do_not_spill() -> None:
    code = target_machine().emit_assembly(_compile.optimized(gemm.make(6, 2, 0, 1, 0))[1])
    loops = [part.split(":")[-1] for part in code.split("\n\tj") if "vpmaddwd" in part]
    assert [loop.count("vpmaddwd") for loop in loops] == [12]
    assert "(%rsp)" not in loops[0]
