from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.build import ModelBuilder
from pytflite.errors import PrepareError
from pytflite.model.write import write
from pytflite.profiles import OPTIMIZED
from pytflite.schema.enums import (
    ActivationFunctionType,
    BuiltinOperator,
    FullyConnectedOptionsWeightsFormat,
    TensorType,
)
from pytflite.schema.tables import FullyConnectedOptions
from pytflite.tools.oracle import first_difference
from tests.ops.harness import HAS_LITERT, Case, agree, agrees_with_golden, case, evaluate, real
from tests.ops.quantized import codes, tie_prone_scale
from tests.ops.weight_formats import blockwise, other_formats, shuffled, sparse

KINDS = {
    "int8": ("i8", "i8", "i32", "i8"),
    "int8xint4": ("i8", "i4", "i32", "i8"),
    "int8xint2": ("i8", "i2", "i32", "i8"),
    "uint8": ("u8", "u8", "i32", "u8"),
    "uint8_to_int16": ("u8", "u8", "i32", "i16"),
    "int16x8": ("i16", "i8", "i64", "i16"),
    "int16x8_int32": ("i16", "i8", "i32", "i16"),
    "int16xint4": ("i16", "i4", "i64", "i16"),
    "int16xint2_int32": ("i16", "i2", "i32", "i16"),
    "int16": ("i16", "i16", "i64", "i16"),
    "int16_int32": ("i16", "i16", "i32", "i16"),
    "float32": ("f32", "f32", "f32", "f32"),
    "hybrid": ("f32", "i8", "f32", "f32"),
    "hybrid_uint8": ("f32", "u8", "f32", "f32"),
    "hybrid_int4": ("f32", "i4", "f32", "f32"),
    "hybrid_int2": ("f32", "i2", "f32", "f32"),
}
BIAS_TYPES = {"i32": TensorType.INT32, "i64": TensorType.INT64}


def full_connection(
    kind: str,
    seed: int,
    *,
    shape: tuple[int, ...] = (3, 37),
    units: int = 10,
    depth: int | None = None,
    activation: ActivationFunctionType = ActivationFunctionType.NONE,
    per_axis: bool = True,
    with_bias: bool = True,
    constant: bool = True,
    loud: bool = False,
    quantize: dict[str, dict[str, Any]] | None = None,
    **options: Any,
) -> Case:
    """A FULLY_CONNECTED with random codes; when `loud`, accumulators and what they are scaled to leave int32.

    `quantize` changes the quantization of tensors by name.
    """
    rng = np.random.default_rng(seed)
    io, weights, bias_type, out = KINDS[kind]
    depth = shape[-1] if depth is None else depth
    filter_shape = (units, depth)
    filter_scale = tie_prone_scale(rng, 0.001, 0.02, units if per_axis and weights != "u8" else None)
    filter_zero = codes(rng, weights, filter_scale.shape) if weights in ("i8", "u8") else 0
    quantization: dict[str, dict[str, Any]] = {name: {} for name in ("input", "filter", "bias", "output")}
    quantization["filter"] = {"scale": filter_scale, "zero_point": filter_zero}
    if io == "f32":
        data = rng.standard_normal(shape).astype(np.float32) * 3
        taps = codes(rng, weights, filter_shape) if weights != "f32" else rng.standard_normal(filter_shape)
        bias = rng.standard_normal(units)
    else:
        data, taps = codes(rng, io, shape), codes(rng, weights, filter_shape)
        bias = rng.integers(*((-(2**31), 2**31) if loud else (-3000, 3000)), units)
        in_scale = tie_prone_scale(rng, 0.002, 0.1)
        out_scale = np.float32(in_scale * np.max(filter_scale, initial=0.001) * tie_prone_scale(rng, 2, 200))
        quantization["input"] = {"scale": in_scale, "zero_point": 0 if io == "i16" else codes(rng, io, ())}
        quantization["bias"] = {"scale": in_scale * filter_scale}
        quantization["output"] = {
            "scale": out_scale / (1000 if loud else 1),
            "zero_point": 0 if out == "i16" else codes(rng, out, ()),
        }
    if weights == "f32":
        quantization["filter"] = {}
    for name, change in (quantize or {}).items():
        quantization[name] |= change
    b = ModelBuilder()
    g = b.subgraph("main")
    x = g.input("input", shape, io, **quantization["input"])
    w = g.constant("filter", taps, weights, **quantization["filter"])
    if not constant:
        w = g.input("filter", filter_shape, weights, **quantization["filter"])
    c = g.constant("bias", bias, bias_type, **quantization["bias"]) if with_bias else None
    y = g.output("output", (0, 0), out, **quantization["output"])
    if io == "i16":
        options.setdefault("quantized_bias_type", BIAS_TYPES[bias_type])
    g.operator(
        BuiltinOperator.FULLY_CONNECTED,
        [x, w, c],
        [y],
        FullyConnectedOptions(fused_activation_function=activation, **options),
    )
    return case(b.build(), data, *([] if constant else [taps.astype(np.float32) if weights == "f32" else taps]))


@st.composite
def full_connections(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(sorted(KINDS)))
    units, depth = draw(st.integers(1, 9)), draw(st.integers(1, 40))
    keep = draw(st.booleans())
    rows = draw(st.sampled_from([(), (1,), (3,), (2, 1, 3)]))
    rest = 0 if keep else draw(st.sampled_from([0, 0, 0, 1, depth - 1]))
    options: dict[str, Any] = {}
    fused = list(ActivationFunctionType)[: 6 if kind.startswith("hybrid") else 4]
    if (kind.startswith("int16x") and "i64" in KINDS[kind]) or kind == "int16_int32":
        options["quantized_bias_type"] = draw(st.sampled_from([BIAS_TYPES[KINDS[kind][2]], TensorType.FLOAT32]))
    return full_connection(
        kind,
        draw(st.integers(0, 2**32)),
        shape=(*rows, depth) if keep or not rest else (int(np.prod(rows)) * depth + rest,),
        units=units,
        depth=depth,
        activation=draw(st.sampled_from(fused)),
        per_axis=draw(st.booleans()),
        with_bias=kind == "uint8_to_int16" or draw(st.booleans()),
        constant=KINDS[kind][1] in ("i4", "i2") or draw(st.booleans()),
        loud=draw(st.sampled_from([False, False, False, True])),
        keep_num_dims=keep,
        asymmetric_quantize_inputs=draw(st.booleans()),
        **options,
    )


@settings(max_examples=100, deadline=None)
@given(st.one_of(full_connections(), full_connections(), other_formats()))
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.skipif(not HAS_LITERT, reason="ai_edge_litert is not installed")
@pytest.mark.parametrize("letter", ["i4", "i8"])
@pytest.mark.parametrize(("units", "depth"), [(3, 64), (4, 16), (4, 32), (9, 96)])
def test_blocks_agree_with_the_optimized_kernel(letter: str, units: int, depth: int) -> None:
    subject = blockwise(0, letter=letter, units=units, depth=depth, block=16, activation=ActivationFunctionType.RELU)
    ours = evaluate(subject.model, subject.inputs, kernels=True, profile=OPTIMIZED)
    theirs = real(write(subject.model), subject.inputs, "BUILTIN_WITHOUT_DEFAULT_DELEGATES")
    assert not first_difference(ours, theirs)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("change", [{"shape": (2, 0)}, {"units": 0}, {"shape": (0, 5)}, {"shape": (3,), "depth": 5}])
def test_agrees_where_something_is_empty(kind: str, change: dict[str, Any]) -> None:
    agree(full_connection(kind, 5, **{"shape": (3, 5), "units": 4, "per_axis": False} | change))


@pytest.mark.parametrize("asymmetric", [False, True])
@pytest.mark.parametrize(
    ("value", "last"),
    [(0.0, 0.0), (-0.0, -0.0), (1e-40, 1e-40), (3e38, -3e38), (0.49999997, 127), (0.49999997, 255), (-0.5, -127)],
)
def test_hybrid_agrees_on_rows_of_one_value(asymmetric: bool, value: float, last: float) -> None:
    subject = full_connection("hybrid", 3, shape=(2, 21), asymmetric_quantize_inputs=asymmetric)
    rows = np.full((2, 21), value, np.float32)
    rows[:, -1], rows[1, :5] = last, 0
    agree(Case(subject.model, [[rows]]))


def golden_cases() -> dict[str, Case]:
    relu6 = ActivationFunctionType.RELU6
    cases = {kind: full_connection(kind, 7 + i, activation=relu6) for i, kind in enumerate(KINDS)}
    cases |= {f"{kind}_per_tensor": full_connection(kind, 3, per_axis=False) for kind in ("int8", "int16x8", "hybrid")}
    cases["int8_no_bias"] = full_connection("int8", 4, shape=(2, 1, 5), keep_num_dims=True, with_bias=False)
    cases["int8_loud"] = full_connection("int8", 5, loud=True)
    cases["hybrid_tanh"] = full_connection("hybrid", 8, activation=ActivationFunctionType.TANH)
    cases["hybrid_asymmetric"] = full_connection("hybrid", 6, asymmetric_quantize_inputs=True)
    cases |= {f"sparse_{kind}": sparse(kind, 9) for kind in ("float32", "int8", "hybrid", "hybrid_uint8")}
    cases["sparse_hybrid_asymmetric"] = sparse("hybrid", 10, rows=5, asymmetric=True, activation=relu6)
    cases |= {f"shuffled_{rows}": shuffled(rows, rows=rows) for rows in (1, 4)}
    cases["blockwise"] = blockwise(11)
    return cases


def test_golden() -> None:
    agrees_with_golden("fully_connected")


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("int8", {"shape": (3, 4), "depth": 5, "keep_num_dims": True}, "last dimension .* must be 5"),
        (
            "int8",
            {"weights_format": FullyConnectedOptionsWeightsFormat.SHUFFLED4x16INT8},
            "Shuffled weights, and only they, need a second output",
        ),
        ("int8", {"activation": ActivationFunctionType.TANH}, "Fused activation TANH is not supported"),
        ("int16x8", {"quantized_bias_type": TensorType.INT32}, r"bias .* must be INT32"),
        ("int16x8_int32", {"quantized_bias_type": TensorType.FLOAT32}, r"bias .* must be INT64"),
        ("int16x8", {"quantized_bias_type": TensorType.INT8}, "must be INT32 or INT64"),
        ("int16x8", {"quantize": {"output": {"zero_point": 1}}}, r"zero point of output .* must be 0"),
        ("int8", {"quantize": {"filter": {"quantized_dimension": 1}}}, "must run along dimension 0"),
        ("int8", {"quantize": {"filter": {"scale": [1, 2], "zero_point": 0}}}, r"has 2 scales\. Accepted: 1 or 10"),
        ("int8", {"per_axis": False, "quantize": {"bias": {"scale": 9}}}, r"The scale of bias .* is 9"),
        ("int8xint4", {"quantize": {"filter": {"zero_point": 1}}}, r"Zero points of filter .* must be 0"),
        ("uint8", {"quantize": {"filter": {"scale": [0.01] * 10, "zero_point": 0}}}, "must have one scale"),
    ],
)
def test_refuses(kind: str, change: dict[str, Any], message: str) -> None:
    subject = full_connection(kind, 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(FULLY_CONNECTED\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)


@pytest.mark.parametrize(
    ("subject", "message"),
    [
        (sparse("int8", 0, block=1), r"sparse filter .* must consist of rows of blocks of 16 columns"),
        (sparse("int8", 0, block=4), r"sparse filter .* must consist of rows of blocks of 16 columns"),
        (sparse("hybrid", 0, block=1, columns_first=True), "must consist of rows of blocks of 16 columns"),
        (sparse("hybrid", 0, depth=4096), r"has too many columns\. Accepted: up to 4080"),
        (sparse("int8", 0, per_axis=False, zero_point=1), r"zero point of filter .* must be 0"),
        (sparse("int16", 0), r"filter .* must not be sparse"),
        (shuffled(0, rows=2), r"go with 1 or 4 rows, input .* has 2"),
        (shuffled(0, units=6), "must have a multiple of 4 rows and of 16 columns"),
        (shuffled(0, workspace=31), r"workspace .* must have 128 elements"),
        (shuffled(0, zero_point=1), r"zero point of output .* must be 0"),
    ],
)
def test_refuses_formats(subject: Case, message: str) -> None:
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(FULLY_CONNECTED\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
