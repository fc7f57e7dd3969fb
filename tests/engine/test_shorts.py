"""int16 activations: every shape that the engine takes, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.build import ModelBuilder
from pytflite.model.dtypes import dtype_from_letter
from pytflite.profiles import CMSIS_NN, OPTIMIZED, REFERENCE, Profile
from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator, Padding, TensorType
from pytflite.schema.tables import (
    AddOptions,
    CastOptions,
    DepthwiseConv2DOptions,
    MulOptions,
    SoftmaxOptions,
    SubOptions,
)
from tests.ops.convolutions import convolution_case
from tests.ops.test_average_pool_2d import average_pool_2d
from tests.ops.test_batch_matmul import matrix_product
from tests.ops.test_conv_2d import convolution
from tests.ops.test_fully_connected import full_connections
from tests.ops.test_max_pool_2d import max_pool_2d
from tests.ops.test_mean import mean
from tests.ops.test_rsqrt import inverse_root

pytest.importorskip("numba", reason="numba is not installed: the definitions run alone")

from pytflite.runtime.engine.engine import Engine
from tests.engine.engines import agree, run

Array = npt.NDArray[Any]

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


@pytest.mark.parametrize("multiplier", [2, 3, 17])
@pytest.mark.parametrize(("filter_size", "stride"), [((3, 3), 1), ((3, 3), 2), ((1, 1), 1)])
def test_depth_multipliers(multiplier: int, filter_size: tuple[int, int], stride: int) -> None:
    options = DepthwiseConv2DOptions(
        padding=Padding.SAME, stride_h=stride, stride_w=stride, depth_multiplier=multiplier
    )
    subject = convolution_case(
        BuiltinOperator.DEPTHWISE_CONV_2D, "int16x8", multiplier, options, input_shape=(2, 9, 7, 5),
        filter_shape=(1, *filter_size, 5 * multiplier), channel_axis=3, scales=5 * multiplier,
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
    assert agree(subject.model, subject.inputs[0]).bound == {0}


@pytest.mark.parametrize("name", ["ADD", "SUB", "MUL"])
@pytest.mark.parametrize("shape", [(5,), (3, 1), (1, 4, 3, 5)])
def test_constants_that_broadcast(name: str, shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(len(shape))
    g = (b := ModelBuilder()).subgraph("main")
    scales = [{"scale": np.float32(scale), "zero_point": 0} for scale in (1e-3, 2e-3, 3e-3 if name != "MUL" else 1e-2)]
    data = codes(rng, "i16", (2, 4, 3, 5))
    tensors = [
        g.input("input", data.shape, "i16", **scales[0]),
        g.constant("c", codes(rng, "i16", shape), "i16", **scales[1]),
    ]
    table: Any = {"ADD": AddOptions, "SUB": SubOptions, "MUL": MulOptions}[name]
    options = table() if name == "MUL" else table(pot_scale_int16=False)
    output = g.output("output", (0,) * 4, "i16", **scales[2])
    g.operator(BuiltinOperator[name], tensors, [output], options)
    assert agree(b.build(), [data]).bound == {0}


def test_products_of_the_lowest_codes() -> None:
    subject = matrix_product("int16", 3, batch=((), ()), constant=False, rows=3, depth=35, columns=5)
    lowest = [np.full_like(array, -(1 << 15)) for array in subject.inputs[0]]
    assert agree(subject.model, lowest).bound == {0}


@pytest.mark.parametrize("kind", ["int16x8", "int16"])
@pytest.mark.parametrize("batch", [((), ()), ((2,), (2,)), ((3,), ()), ((2, 1), (1, 3)), ((2, 3, 2), (2, 1, 2))])
@pytest.mark.parametrize("adj_x", [False, True])
@pytest.mark.parametrize("adj_y", [False, True])
def test_products_of_two_matrices(kind: str, batch: Any, adj_x: bool, adj_y: bool) -> None:
    for seed, (rows, depth, columns) in enumerate([(1, 1, 1), (5, 33, 18), (40, 40, 50)]):
        sizes = {"rows": rows, "depth": depth, "columns": columns}
        subject = matrix_product(kind, seed, batch=batch, adj_x=adj_x, adj_y=adj_y, **sizes)
        assert agree(subject.model, subject.inputs[0], threads=1 + seed).bound == {0}


def single(name: str, arrays: list[Array], letters: str, scales: list[float], **more: Any) -> Engine:
    """One operator on the engine and by its definition: dtype letters and scales, the output's last."""
    g = (b := ModelBuilder()).subgraph("main")
    kinds = letters.split()
    points = more.get("zero_points", [0] * len(kinds))
    quantization = [
        {} if kind == "f32" else {"scale": np.float32(scale), "zero_point": point}
        for kind, scale, point in zip(kinds, scales, points, strict=True)
    ]
    tensors = [
        g.input(f"input{k}", array.shape, kind, **quantized)
        for k, (array, kind, quantized) in enumerate(zip(arrays, kinds, quantization, strict=False))
    ]
    y = g.output("output", (0,), kinds[-1], **quantization[-1])
    g.operator(BuiltinOperator[name], tensors, [y], more.get("options"))
    return agree(b.build(), arrays, profile=more.get("profile", REFERENCE), threads=more.get("threads", 1))


def codes(rng: np.random.Generator, letter: str, shape: tuple[int, ...]) -> Array:
    """Codes of the whole range, its ends among them."""
    limits = np.iinfo(dtype_from_letter(letter).numpy)
    array = rng.integers(limits.min, limits.max + 1, shape)
    return np.where(rng.random(shape) < 0.1, rng.choice([limits.min, limits.max], shape), array).astype(limits.dtype)


@pytest.mark.parametrize(("name", "table"), [("ADD", AddOptions), ("SUB", SubOptions), ("MUL", MulOptions)])
@pytest.mark.parametrize(
    ("shape1", "shape2"),
    [((1,), (1,)), ((2, 3, 37), (2, 3, 37)), ((3, 1, 5), (1, 4, 1)), ((), (4, 19)), ((2, 3, 2, 3, 5), (2, 3, 1, 3, 1))],
)
def test_two_inputs(name: str, table: Any, shape1: tuple[int, ...], shape2: tuple[int, ...]) -> None:
    bound = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        arrays = [codes(rng, "i16", shape1), codes(rng, "i16", shape2)]
        scales = np.exp(rng.uniform(-9, -2, 3))
        scales[2] *= 1 if name == "MUL" else 5
        options: dict[str, Any] = {} if name == "MUL" else {"pot_scale_int16": False}
        options["fused_activation_function"] = ACTIVATIONS[seed % 4]
        bound += len(single(name, arrays, "i16 i16 i16", list(scales), options=table(**options)).bound)
    assert bound > 4


@pytest.mark.parametrize("shapes", [((1,), (1,)), ((2, 3, 37), (2, 3, 37)), ((48,), (1, 48)), ((3, 1, 5), (1, 4, 1))])
def test_sums_in_vectors(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    for seed in range(12):
        rng = np.random.default_rng(seed)
        scales = np.exp(rng.uniform(-9, -2, 3))
        scales[2] *= 5
        options = AddOptions(pot_scale_int16=False, fused_activation_function=ACTIVATIONS[seed % 4])
        arrays = [codes(rng, "i16", shape) for shape in shapes]
        assert single("ADD", arrays, "i16 i16 i16", list(scales), options=options, profile=OPTIMIZED).bound == {0}


@pytest.mark.parametrize("profile", [REFERENCE, OPTIMIZED], ids=lambda profile: profile.name)
def test_means(profile: Profile) -> None:
    bound = 0
    for seed in range(20):
        subject = mean("i16", seed, shape=(2, 5, 3, 1 + seed), axis=((1, 2), (3,), (0, 1, 2, 3))[seed % 3])
        bound += len(agree(subject.model, subject.inputs[0], profile=profile).bound)
    assert bound > 10


@pytest.mark.parametrize("make", [average_pool_2d, max_pool_2d])
def test_pools(make: Any) -> None:
    bound = 0
    for seed in range(20):
        subject = make("i16", seed)
        bound += len(agree(subject.model, subject.inputs[0]).bound)
    assert bound > 10


@pytest.mark.parametrize("shape", [(1,), (3, 2), (2, 3, 40), (2, 1001)])
def test_softmax_of_int16(shape: tuple[int, ...]) -> None:
    for seed, scale in enumerate((1e-5, 10 / 65535, 0.001, 0.1)):
        array = codes(np.random.default_rng(seed), "i16", shape)
        for codes_of_rows in (array, np.full_like(array, -7), array // 1000):
            options = SoftmaxOptions(beta=1.0)
            assert single("SOFTMAX", [codes_of_rows], "i16 i16", [scale, 2.0**-15], options=options).bound == {0}


def test_softmax_that_wraps() -> None:
    array = codes(np.random.default_rng(0), "i16", (200, 2))
    array[0] = -32768, 32767
    options = SoftmaxOptions(beta=1.0)
    assert single("SOFTMAX", [array], "i16 i16", [0.001, 2.0**-15], options=options, profile=CMSIS_NN).bound == {0}


def test_inverse_root() -> None:
    subject = inverse_root("i16", 0)
    assert agree(subject.model, subject.inputs[0]).bound == {0}
    subject.inputs[0][0].reshape(-1)[5] = -1
    with pytest.raises(AssertionError):
        run(subject.model, subject.inputs[0])


@pytest.mark.parametrize(
    ("name", "letters", "scales"),
    [
        ("RELU", "i16 i16", [0.001, 0.003]),
        ("LEAKY_RELU", "i16 i16", [0.001, 0.0007]),
        ("LOGISTIC", "i16 i16", [0.0004, 2.0**-15]),
        ("TANH", "i16 i16", [0.0004, 2.0**-15]),
        ("QUANTIZE", "i16 i8", [0.001, 0.2]),
        ("QUANTIZE", "i16 i16", [0.001, 0.0008]),
        ("QUANTIZE", "i32 i8", [1e-9, 0.02]),
        ("QUANTIZE", "i32 i16", [1e-9, 1e-4]),
        ("QUANTIZE", "i32 i16", [1e-9, 1e-11]),
        ("DEQUANTIZE", "i16 f32", [0.001, 0]),
        ("DEQUANTIZE", "i8 f32", [0.1, 0]),
        ("DEQUANTIZE", "u8 f32", [0.1, 0]),
    ],
)
def test_functions_of_a_code(name: str, letters: str, scales: list[float]) -> None:
    for shape in ((1,), (3, 5, 7)):
        array = codes(np.random.default_rng(0), letters.split()[0], shape)
        assert single(name, [array], letters, scales).bound == {0}


@pytest.mark.parametrize(("letter", "zero_point"), [("i8", -128), ("i8", 127), ("u8", 3), ("i16", 0)])
@pytest.mark.parametrize("scale", [0.5, 0.1, 1e-30])
def test_quantize(letter: str, zero_point: int, scale: float) -> None:
    rng = np.random.default_rng(0)
    array = (rng.integers(-400, 400, (3, 100)) / 4).astype(np.float32)
    array[0, :9] = [np.inf, -np.inf, np.nan, 1e38, -1e38, 0.24999999, -0.24999999, 2.0**30, -(2.0**30)]
    assert single("QUANTIZE", [array], f"f32 {letter}", [1, scale], zero_points=[0, zero_point]).bound == {0}


@pytest.mark.parametrize("shape", [(1,), (3, 2), (2, 3, 40), (1, 1001)])
@pytest.mark.parametrize("letter", ["i8", "u8"])
def test_softmax(shape: tuple[int, ...], letter: str) -> None:
    array = codes(np.random.default_rng(0), letter, shape)
    options = SoftmaxOptions(beta=1.0)
    assert single("SOFTMAX", [array], f"{letter} i16", [0.1, 2.0**-15], options=options).bound == {0}


def test_parts() -> None:
    rng = np.random.default_rng(0)
    big = codes(rng, "i16", (60, 700))
    add, mul = AddOptions(pot_scale_int16=False), MulOptions()
    for name, arrays, letters, scales, options in (
        ("ADD", [big, big[::-1]], "i16 i16 i16", [0.001, 0.002, 0.004], add),
        ("MUL", [big, big[:, :1]], "i16 i16 i16", [0.001, 0.002, 0.01], mul),
        ("TANH", [big], "i16 i16", [0.0004, 2.0**-15], None),
        ("QUANTIZE", [big.astype(np.float32)], "f32 i8", [1, 100.0], None),
        ("SOFTMAX", [big.view(np.int8)], "i8 i16", [0.1, 2.0**-15], SoftmaxOptions(beta=1.0)),
    ):
        assert single(name, arrays, letters, scales, options=options, threads=3).bound == {0}
    for kind, channels in (("int16x8", 16), ("hybrid_int8", 16)):
        subject = convolution(kind, 1, size=(20, 20), channels=channels, outputs=24, filter_size=(3, 3))
        assert agree(subject.model, subject.inputs[0], threads=3).bound == {0}


def test_cast() -> None:
    g = (b := ModelBuilder()).subgraph("main")
    array = codes(np.random.default_rng(0), "i32", (3, 41))
    y = g.output("output", (0,), "f32")
    options = CastOptions(in_data_type=TensorType.INT32, out_data_type=TensorType.FLOAT32)
    g.operator(BuiltinOperator.CAST, [g.input("input", array.shape, "i32")], [y], options)
    assert agree(b.build(), [array]).bound == {0}
