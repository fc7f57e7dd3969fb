from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.build import ModelBuilder
from pytflite.errors import PrepareError
from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator, Padding, TensorType
from pytflite.schema.tables import Conv2DOptions
from tests.ops.harness import Case, agree, agrees_with_golden, case, evaluate
from tests.ops.quantized import codes, tie_prone_scale

KINDS = {
    "int8": ("i8", "i8", "i32"),
    "int8xint4": ("i8", "i4", "i32"),
    "uint8": ("u8", "u8", "i32"),
    "int16x8": ("i16", "i8", "i64"),
    "int16x8_int32": ("i16", "i8", "i32"),
    "float32": ("f32", "f32", "f32"),
}


def convolution(
    kind: str,
    seed: int,
    *,
    batch: int = 1,
    size: tuple[int, int] = (6, 5),
    channels: int = 4,
    outputs: int = 8,
    filter_size: tuple[int, int] = (3, 3),
    groups: int = 1,
    stride: tuple[int, int] = (1, 1),
    dilation: tuple[int, int] = (1, 1),
    padding: Padding = Padding.SAME,
    activation: ActivationFunctionType = ActivationFunctionType.NONE,
    per_axis: bool = True,
) -> Case:
    """A CONV_2D with random codes; a third of the seeds have power-of-two scales, where rounding ties abound."""
    rng = np.random.default_rng(seed)
    io, weights, bias_type = KINDS[kind]
    b = ModelBuilder()
    g = b.subgraph("main")
    shape = (batch, *size, channels)
    filter_shape = (outputs, *filter_size, channels // groups)
    options = Conv2DOptions(
        padding=padding,
        stride_h=stride[0],
        stride_w=stride[1],
        dilation_h_factor=dilation[0],
        dilation_w_factor=dilation[1],
        fused_activation_function=activation,
        quantized_bias_type=TensorType.INT32 if kind == "int16x8_int32" else TensorType.FLOAT32,
    )
    if kind == "float32":
        quantization: list[dict[str, Any]] = [{}, {}, {}, {}]
        data = rng.standard_normal(shape).astype(np.float32) * 3
        taps = rng.standard_normal(filter_shape).astype(np.float32)
        bias = rng.standard_normal(outputs).astype(np.float32)
    else:
        in_scale = tie_prone_scale(rng, 0.002, 0.1)
        filter_scale = tie_prone_scale(rng, 0.001, 0.02, outputs if per_axis and kind != "uint8" else None)
        out_scale = np.float32(in_scale * np.max(filter_scale) * tie_prone_scale(rng, 2, 200))
        zero = (lambda letter: int(codes(rng, letter, ())) if letter in ("i8", "u8") else 0)
        data, taps = codes(rng, io, shape), codes(rng, weights, filter_shape)
        bias = rng.integers(-3000, 3000, outputs).astype(np.int64 if bias_type == "i64" else np.int32)
        quantization = [
            {"scale": in_scale, "zero_point": zero(io)},
            {"scale": filter_scale, "zero_point": zero("u8") if weights == "u8" else 0},
            {"scale": in_scale * filter_scale, "zero_point": 0},
            {"scale": out_scale, "zero_point": zero(io)},
        ]
    x = g.input("input", shape, io, **quantization[0])
    w = g.constant("filter", taps, weights, **quantization[1])
    c = g.constant("bias", bias, bias_type, **quantization[2])
    y = g.output("output", (0, 0, 0, 0), io, **quantization[3])
    g.operator(BuiltinOperator.CONV_2D, [x, w, c], [y], options)
    return case(b.build(), data)


@st.composite
def convolutions(draw: st.DrawFn) -> Case:
    groups = draw(st.sampled_from([1, 1, 1, 2, 3]))
    filter_size = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    dilation = draw(st.sampled_from([(1, 1), (1, 1), (2, 1), (2, 3)]))
    extent = [(k - 1) * d + 1 for k, d in zip(filter_size, dilation, strict=True)]
    return convolution(
        draw(st.sampled_from(sorted(KINDS))),
        draw(st.integers(0, 2**32)),
        batch=draw(st.integers(1, 2)),
        size=(extent[0] + draw(st.integers(0, 5)), extent[1] + draw(st.integers(0, 5))),
        channels=groups * draw(st.integers(1, 5)),
        outputs=groups * draw(st.integers(1, 9)),
        filter_size=filter_size,
        groups=groups,
        stride=draw(st.sampled_from([(1, 1), (2, 2), (1, 2), (3, 1)])) if dilation == (1, 1) else (1, 1),
        dilation=dilation,
        padding=draw(st.sampled_from(list(Padding))),
        activation=draw(st.sampled_from(list(ActivationFunctionType)[:4])),
        per_axis=draw(st.booleans()),
    )


@settings(max_examples=60, deadline=None)
@given(convolutions())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    relu6 = ActivationFunctionType.RELU6
    cases = {kind: convolution(kind, 7 + i, stride=(2, 1), activation=relu6) for i, kind in enumerate(KINDS)}
    cases |= {f"{kind}_per_tensor": convolution(kind, 3, per_axis=False) for kind in ("int8", "int16x8")}
    cases["int8_grouped"] = convolution("int8", 11, groups=2, dilation=(2, 2), size=(9, 8), padding=Padding.VALID)
    return cases


def test_golden() -> None:
    agrees_with_golden("conv_2d")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"channels": 5, "groups": 2}, "must be a multiple"),
        ({"stride": (0, 1)}, "Strides must be positive"),
        ({"size": (2, 2), "padding": Padding.VALID}, "does not fit"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = convolution("int8", 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(CONV_2D\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
