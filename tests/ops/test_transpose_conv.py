from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator, Padding, TensorType
from pytflite.schema.tables import TransposeConvOptions
from tests.ops.convolutions import convolution_case, refuses, requantized
from tests.ops.harness import Case, agree, agrees_with_golden

KINDS = ["int8", "uint8", "int16x8", "int16x8_int32", "float32", "hybrid_int8"]


def transposed(
    kind: str,
    seed: int,
    *,
    batch: int = 1,
    size: tuple[int, int] = (3, 4),
    channels: int = 4,
    outputs: int = 5,
    filter_size: tuple[int, int] = (3, 3),
    stride: tuple[int, int] = (2, 2),
    rest: tuple[int, int] = (0, 0),
    padding: Padding = Padding.SAME,
    activation: ActivationFunctionType = ActivationFunctionType.NONE,
    per_axis: bool = True,
    bias_type: TensorType | None = None,
    **change: Any,
) -> Case:
    """A TRANSPOSE_CONV of a kind with random values.

    ``rest`` is how much the output is larger than the smallest that fits; ``change`` goes to `convolution_case`.
    """
    if bias_type is None:
        bias_type = TensorType.INT32 if kind.endswith("_int32") else TensorType.FLOAT32
    options = TransposeConvOptions(
        padding=padding,
        stride_h=stride[0],
        stride_w=stride[1],
        fused_activation_function=activation,
        quantized_bias_type=bias_type,
    )
    reach = (1, 1) if padding == Padding.SAME else filter_size
    height, width = ((n - 1) * s + k + r for n, s, k, r in zip(size, stride, reach, rest, strict=True))
    return convolution_case(
        BuiltinOperator.TRANSPOSE_CONV,
        kind,
        seed,
        options,
        **{
            "input_shape": (batch, *size, channels),
            "filter_shape": (outputs, *filter_size, channels),
            "scales": outputs if per_axis and kind != "uint8" else None,
            "output_shape": (batch, height, width, outputs),
        }
        | change,
    )


@st.composite
def transposes(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(KINDS))
    stride = draw(st.sampled_from([(1, 1), (2, 2), (1, 2), (3, 1)]))
    return transposed(
        kind,
        draw(st.integers(0, 2**32)),
        batch=draw(st.sampled_from([1, 1, 2] if kind == "hybrid_int8" else [1, 1, 2, 0])),
        size=draw(st.tuples(st.integers(1, 6), st.integers(1, 6))),
        channels=draw(st.integers(1, 9)),
        outputs=draw(st.integers(1, 9)),
        filter_size=draw(st.tuples(st.integers(1, 4), st.integers(1, 4))),
        stride=stride,
        rest=(draw(st.integers(0, stride[0] - 1)), draw(st.integers(0, stride[1] - 1))),
        padding=draw(st.sampled_from(list(Padding))),
        activation=draw(st.sampled_from(list(ActivationFunctionType)[:4])),
        per_axis=draw(st.booleans()),
        bias=draw(st.booleans()),
        constant_shape=draw(st.booleans()),
    )


@settings(max_examples=60, deadline=None)
@given(transposes())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    relu6 = ActivationFunctionType.RELU6
    cases = {kind: transposed(kind, 7 + i, rest=(1, 0), activation=relu6) for i, kind in enumerate(KINDS)}
    cases |= {f"{kind}_per_tensor": transposed(kind, 3, per_axis=False) for kind in ("int8", "int16x8", "hybrid_int8")}
    cases["int8_without_bias"] = transposed("int8", 11, bias=False, stride=(1, 3), padding=Padding.VALID)
    cases["int8_shape_given"] = transposed("int8", 12, constant_shape=False)
    return cases


def test_golden() -> None:
    agrees_with_golden("transpose_conv")


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("int8", {"input_shape": (1, 3, 4, 3)}, "must have as many channels"),
        ("int8", {"output_shape": (1, 5, 7)}, r"The output shape \[1, 5, 7\] must be \[1, height, width, 5\]"),
        ("int8", {"output_shape": (2, 5, 7, 5)}, r"The output shape .* must be \[1, height, width, 5\]"),
        ("int8", {"output_shape": (1, 4, 7, 5)}, "asks for an input of 2x4, not for input"),
        ("int8", {"output_shape": (1, 0, 7, 5)}, "must be"),
        (
            "int8",
            {"output_shape": (1, 1, 7, 5), "padding": Padding.VALID, "stride": (1, 1)},
            "does not fit into an image of 1x7",
        ),
        ("int8", {"stride": (0, 1)}, "Strides must be positive"),
        ("int8", {"size": (1, 0)}, "must have no size 0"),
        ("int8", {"activation": ActivationFunctionType.TANH}, "Fused activation TANH is not supported"),
        ("int8xint4", {}, "Type combination i32 i4 i8 i32 -> i8 is not supported"),
        ("hybrid_uint8", {}, "Type combination i32 u8 f32 f32 -> f32 is not supported"),
        ("hybrid_int8", {"batch": 0}, "must have at least one image"),
        ("int16x8", {"bias_type": TensorType.INT32}, "The bias is INT64, quantized_bias_type stands for INT32"),
        ("int16x8_int32", {"bias_type": TensorType.FLOAT32}, "The bias is INT32, quantized_bias_type stands for INT64"),
    ],
)
def test_refuses(kind: str, change: dict[str, Any], message: str) -> None:
    refuses(transposed(kind, 0, **change), message)


@pytest.mark.parametrize(
    ("kind", "tensor", "change", "message"),
    [
        ("int8", "bias", {"zero_point": np.arange(5)}, "Zero points of bias .* must be 0"),
        ("int16x8", "input", {"zero_point": np.array([1])}, "The zero point of input .* must be 0"),
        ("uint8", "bias", {"scale": np.float32([3])}, "The scale of bias .* must be that of input times filter"),
    ],
)
def test_refuses_quantization(kind: str, tensor: str, change: dict[str, Any], message: str) -> None:
    refuses(requantized(transposed(kind, 0), tensor, **change), message)
