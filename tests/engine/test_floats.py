"""Float32: every sum in the order of its definition, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.build import ModelBuilder
from pytflite.model.types import Model
from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator, Padding
from pytflite.schema.tables import (
    AddOptions,
    DepthwiseConv2DOptions,
    DivOptions,
    MulOptions,
    Pool2DOptions,
    ReducerOptions,
    SoftmaxOptions,
    SubOptions,
)
from tests.ops.convolutions import convolution_case
from tests.ops.test_conv_2d import convolution
from tests.ops.test_fully_connected import full_connections

pytest.importorskip("numba", reason="numba is not installed: the definitions run alone")

from pytflite.kernels import _compile
from pytflite.kernels.engine import float_gemm
from pytflite.kernels.engine.target import SHAPE, target_machine
from pytflite.profiles import REFERENCE, XNNPACK, Profile
from pytflite.runtime.engine.float_products import FUSED
from tests.engine.engines import agree
from tests.profiles.sweep import shaped

Array = npt.NDArray[Any]

ACTIVATIONS = list(ActivationFunctionType)[:4]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    batch=st.sampled_from([1, 1, 1, 2]),
    size=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    groups=st.sampled_from([1, 1, 1, 2]),
    depth=st.integers(1, 20),
    outputs=st.integers(1, 70),
    filter_size=st.sampled_from([(1, 1), (1, 1), (3, 3), (2, 1), (1, 4)]),
    stride=st.sampled_from([(1, 1), (1, 1), (2, 2), (1, 3)]),
    dilation=st.sampled_from([(1, 1), (1, 1), (2, 1), (1, 2)]),
    activation=st.sampled_from(ACTIVATIONS),
)
def test_convolutions(depth: int, outputs: int, groups: int, **parameters: Any) -> None:
    subject = convolution(
        "float32", channels=groups * depth, outputs=groups * outputs, groups=groups, padding=Padding.SAME, **parameters
    )
    agree(subject.model, subject.inputs[0])


@pytest.mark.parametrize(
    ("size", "channels", "outputs", "filter_size"),
    [((1, 1), 1, 1, (1, 1)), ((7, 1), 17, 33, (1, 1)), ((40, 40), 3, 24, (3, 3)), ((9, 13), 200, 48, (3, 3))],
)
def test_bound_convolutions(size: Any, channels: int, outputs: int, filter_size: Any) -> None:
    bound = 0
    for seed in range(4):
        subject = convolution(
            "float32", seed, size=size, channels=channels, outputs=outputs, filter_size=filter_size,
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
    bound = 0
    for seed in range(3):
        subject = convolution_case(
            BuiltinOperator.DEPTHWISE_CONV_2D, "float32", 10 * channels + seed, options,
            input_shape=(2, 9, 7, 1 if single else channels), filter_shape=(1, *filter_size, channels), channel_axis=3,
        )  # fmt: skip
        bound += len(agree(subject.model, subject.inputs[0]).bound)
    assert bound


@pytest.mark.parametrize("multiplier", [2, 3, 17])
@pytest.mark.parametrize("filter_size", [(3, 3), (1, 1), (4, 2)])
@pytest.mark.parametrize("profile", [REFERENCE, XNNPACK], ids=lambda profile: profile.name)
def test_depth_multipliers(multiplier: int, filter_size: tuple[int, int], profile: Profile) -> None:
    bound = 0
    for seed in range(3):
        stride = 1 + seed % 2
        subject = convolution_case(
            BuiltinOperator.DEPTHWISE_CONV_2D, "float32", seed,
            DepthwiseConv2DOptions(padding=Padding.SAME, stride_h=stride, stride_w=stride, depth_multiplier=multiplier),
            input_shape=(2, 9, 7, 5), filter_shape=(1, *filter_size, 5 * multiplier), channel_axis=3,
        )  # fmt: skip
        bound += len(agree(subject.model, subject.inputs[0], profile=profile, threads=stride).bound)
    assert bound == 3


@settings(max_examples=30, deadline=None)
@given(full_connections())
def test_full_connections(subject: Any) -> None:
    for inputs in subject.inputs:
        agree(subject.model, inputs)


@pytest.mark.skipif(SHAPE.name != "avx2", reason="counts instructions of the tile for 16 registers")
def test_tiles_round_every_product_and_do_not_spill() -> None:
    code = target_machine().emit_assembly(_compile.optimized(float_gemm.make(6, 2, 0))[1])
    assert "vfmadd" not in code
    loops = [part.split(":")[-1] for part in code.split("\n\tj") if part.split(":")[-1].count("vmulps") >= 12]
    assert [(loop.count("vmulps"), loop.count("vaddps")) for loop in loops] == [(12, 12)]
    assert "(%rsp)" not in loops[0]


def values(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Floats of every kind."""
    array = (rng.standard_normal(shape) * 10.0 ** rng.integers(-3, 3, shape)).astype(np.float32)
    special = np.array([0, -0.0, np.inf, -np.inf, np.nan, 1e-42, 3e38, 1, -1], np.float32)
    return np.where(rng.random(shape) < 0.1, rng.choice(special, shape), array)


def single(name: str, arrays: list[Array], options: Any = None, constants: list[Array] | None = None) -> Model:
    """One operator of float32 arrays, and behind them int32 constants."""
    g = (b := ModelBuilder()).subgraph("main")
    tensors = [g.input(f"input{k}", array.shape, "f32") for k, array in enumerate(arrays)]
    tensors += [g.constant(f"constant{k}", array) for k, array in enumerate(constants or [])]
    g.operator(BuiltinOperator[name], tensors, [g.output("output", (0,), "f32")], options)
    return b.build()


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("ADD", AddOptions),
        ("SUB", SubOptions),
        ("MUL", MulOptions),
        ("DIV", DivOptions),
        ("MAXIMUM", None),
        ("MINIMUM", None),
        ("SQUARED_DIFFERENCE", None),
    ],
)
@pytest.mark.parametrize(
    ("shape1", "shape2"),
    [
        ((1,), (1,)),
        ((2, 3, 37), (2, 3, 37)),
        ((3, 1, 5), (1, 4, 1)),
        ((), (4, 19)),
        ((2, 3, 2, 3, 5), (2, 3, 1, 3, 1)),
        ((2, 1, 2, 1, 2, 1), (1, 3, 1, 3, 1, 3)),
    ],
)
def test_two_inputs(name: str, table: Any, shape1: tuple[int, ...], shape2: tuple[int, ...]) -> None:
    rng = np.random.default_rng(len(shape1))
    for activation in ACTIVATIONS if table else [None]:
        arrays = [values(rng, shape1), values(rng, shape2)]
        engine = agree(single(name, arrays, table and table(fused_activation_function=activation)), arrays)
        assert engine.bound == ({0} if len(shape1) < 6 else set())


ONE = "ABS NEG SQUARE SQRT RSQRT FLOOR CEIL RELU RELU_N1_TO_1 RELU6 RELU_0_TO_1 EXP LOG SIN COS TANH LOGISTIC"


@pytest.mark.parametrize("name", ONE.split())
def test_one_input(name: str) -> None:
    rng = np.random.default_rng(len(name))
    for shape in ((), (1,), (3, 5, 7)):
        arrays = [values(rng, shape)]
        assert agree(single(name, arrays), arrays).bound == {0}


@pytest.mark.parametrize("name", ["SUM", "MEAN", "REDUCE_MAX", "REDUCE_MIN"])
@pytest.mark.parametrize("axes", [[0], [1], [2], [1, 2], [0, 1], [-1, -2, -3], [0, 2], []])
@pytest.mark.parametrize("keep_dims", [False, True])
def test_reductions(name: str, axes: list[int], keep_dims: bool) -> None:
    rng = np.random.default_rng(len(axes))
    for shape in ((1, 1, 1), (2, 5, 9), (3, 7, 13), (17, 2, 40)):
        for array in (
            values(rng, shape),
            rng.standard_normal(shape).astype(np.float32),
            np.full(shape, np.float32(-0.0)),
        ):
            options = ReducerOptions(keep_dims=keep_dims)
            engine = agree(single(name, [array], options, [np.array(axes, np.int32)]), [array])
            is_picked_from_all = name.startswith("REDUCE") and len(axes) == 3
            assert engine.bound == (set() if is_picked_from_all else {0})


@pytest.mark.parametrize("name", ["AVERAGE_POOL_2D", "MAX_POOL_2D"])
@pytest.mark.parametrize("padding", list(Padding))
def test_pools(name: str, padding: Padding) -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        height, width = map(int, rng.integers(3, 9, 2))
        array = values(rng, (2, height, width, int(rng.integers(1, 20))))
        options = Pool2DOptions(
            padding=padding, stride_h=int(rng.integers(1, 4)), stride_w=int(rng.integers(1, 4)),
            filter_height=int(rng.integers(1, 4)), filter_width=int(rng.integers(1, 4)),
            fused_activation_function=ACTIVATIONS[seed % 4],
        )  # fmt: skip
        assert agree(single(name, [array], options), [array]).bound == {0}


@pytest.mark.parametrize("shape", [(1,), (3, 1), (2, 3, 40), (1, 1001)])
def test_softmax(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(len(shape))
    for beta in (1.0, 0.3):
        for array in (values(rng, shape), rng.standard_normal(shape).astype(np.float32) * 10):
            assert agree(single("SOFTMAX", [array], SoftmaxOptions(beta=beta)), [array]).bound == {0}


def test_parts() -> None:
    rng = np.random.default_rng(0)
    big = rng.standard_normal((60, 700)).astype(np.float32)
    image = rng.standard_normal((1, 40, 40, 16)).astype(np.float32)
    pool = Pool2DOptions(padding=Padding.SAME, stride_h=1, stride_w=1, filter_height=3, filter_width=2)
    rows = ReducerOptions(keep_dims=False)
    for name, arrays, options, constants in (
        ("ADD", [big, big[::-1]], AddOptions(), None),
        ("MUL", [big, big[:, :1]], MulOptions(), None),
        ("SQRT", [big], None, None),
        ("EXP", [big], None, None),
        ("LOGISTIC", [big], None, None),
        ("SOFTMAX", [big], SoftmaxOptions(beta=1.0), None),
        ("SUM", [big], rows, [np.int32([1])]),
        ("MEAN", [big.reshape(6, 10, 700)], rows, [np.int32([1])]),
        ("AVERAGE_POOL_2D", [image], pool, None),
        ("MAX_POOL_2D", [image], pool, None),
    ):
        assert agree(single(name, arrays, options, constants), arrays, threads=3).bound == {0}
    for kind in (
        {"size": (20, 20), "channels": 16, "outputs": 24, "filter_size": (3, 3)},
        {"size": (2, 1), "channels": 500, "outputs": 200, "filter_size": (1, 1)},
    ):
        subject = convolution("float32", 1, **kind)
        assert agree(subject.model, subject.inputs[0], threads=3).bound == {0}


@pytest.mark.skipif(not FUSED, reason="the processor has no fused multiply-add")
def test_fused_products_are_bound() -> None:
    options = DepthwiseConv2DOptions(padding=Padding.SAME, stride_h=1, stride_w=1, depth_multiplier=1)
    shapes = {"input_shape": (1, 6, 7, 20), "filter_shape": (1, 3, 3, 20)}
    depthwise = convolution_case(
        BuiltinOperator.DEPTHWISE_CONV_2D, "float32", 1, options, channel_axis=3, **shapes
    )  # fmt: skip
    for subject in (convolution("float32", 1, channels=5, outputs=20), depthwise):
        shaped_subject = shaped(subject)
        assert agree(shaped_subject.model, shaped_subject.inputs[0], profile=XNNPACK, threads=3).bound == {0}
