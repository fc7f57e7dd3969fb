from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator, Padding, TensorType
from pytflite.schema.tables import Conv2DOptions
from tests.ops.convolutions import KINDS, convolution_case, refuses, requantized
from tests.ops.harness import Case, agree, agrees_with_golden


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
    bias_type: TensorType | None = None,
    **change: Any,
) -> Case:
    """A CONV_2D of a kind with random values; ``change`` goes to `convolution_case`."""
    if bias_type is None:
        bias_type = TensorType.INT32 if kind.endswith("_int32") else TensorType.FLOAT32
    options = Conv2DOptions(
        padding=padding,
        stride_h=stride[0],
        stride_w=stride[1],
        dilation_h_factor=dilation[0],
        dilation_w_factor=dilation[1],
        fused_activation_function=activation,
        quantized_bias_type=bias_type,
    )
    return convolution_case(
        BuiltinOperator.CONV_2D,
        kind,
        seed,
        options,
        **{
            "input_shape": (batch, *size, channels),
            "filter_shape": (outputs, *filter_size, channels // groups),
            "scales": outputs if per_axis and "uint8" not in kind else None,
        }
        | change,
    )


@st.composite
def convolutions(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(sorted(KINDS)))
    groups = draw(st.sampled_from([1, 1, 1, 2, 3])) if kind != "hybrid_uint8" else 1
    filter_size = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    dilation = draw(st.sampled_from([(1, 1), (1, 1), (2, 1), (2, 3)]))
    stride = draw(st.sampled_from([(1, 1), (2, 2), (1, 2), (3, 1)]))
    extent = [(k - 1) * d + 1 for k, d in zip(filter_size, dilation, strict=True)]
    shortest = [max(e - s, 1) for e, s in zip(extent, stride, strict=True)]
    return convolution(
        kind,
        draw(st.integers(0, 2**32)),
        batch=draw(st.sampled_from([1, 1, 2, 0])),
        size=(shortest[0] + draw(st.integers(0, 6)), shortest[1] + draw(st.integers(0, 6))),
        channels=groups * draw(st.integers(1, 5)),
        outputs=groups * draw(st.integers(1, 9)),
        filter_size=filter_size,
        groups=groups,
        stride=stride,
        dilation=dilation,
        padding=draw(st.sampled_from(list(Padding))),
        activation=draw(st.sampled_from(list(ActivationFunctionType)[:4])),
        per_axis=draw(st.booleans()) or (groups > 1 and "hybrid" in kind),
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
    ("kind", "change", "message"),
    [
        ("int8", {"channels": 5, "groups": 2}, "must be a multiple"),
        ("int8", {"groups": 2, "outputs": 7}, "cannot be split into 2 groups"),
        ("int8", {"stride": (0, 1)}, "Strides must be positive"),
        ("int8", {"dilation": (1, 0)}, "Dilation factors must be positive"),
        ("int8", {"size": (1, 1), "padding": Padding.VALID}, "does not fit into an image of 1x1"),
        ("int8", {"size": (0, 1)}, "must have no size 0"),
        ("int8", {"input_shape": (6, 5, 4)}, "must have 4 dimensions"),
        ("int8", {"activation": ActivationFunctionType.TANH}, "Fused activation TANH is not supported"),
        ("int8", {"bias": False}, "Type combination i8 i8 -> i8 is not supported"),
        ("int16x8", {"bias_type": TensorType.INT32}, "The bias is INT64, quantized_bias_type stands for INT32"),
        ("int16x8_int32", {"bias_type": TensorType.FLOAT32}, "The bias is INT32, quantized_bias_type stands for INT64"),
        ("hybrid_int8", {"groups": 2, "scales": None}, "must have a scale per channel"),
    ],
)
def test_refuses(kind: str, change: dict[str, Any], message: str) -> None:
    refuses(convolution(kind, 0, **change), message)


@pytest.mark.parametrize(
    ("kind", "tensor", "change", "message"),
    [
        ("int8", "filter", {"zero_point": np.arange(8)}, "Zero points of filter .* must be 0"),
        ("int8", "bias", {"zero_point": np.arange(8)}, "Zero points of bias .* must be 0"),
        ("int16x8", "input", {"zero_point": np.array([1])}, "The zero point of input .* must be 0"),
        ("uint8", "bias", {"scale": np.float32([3])}, "The scale of bias .* must be that of input times filter"),
        ("uint8", "filter", {"scale": np.ones(8, np.float32)}, "has 8 scales, 1 accepted"),
        ("int8", "output", {"scale": np.float32([1e-10])}, "so small that the bounds of RELU6 do not fit into int32"),
    ],
)
def test_refuses_quantization(kind: str, tensor: str, change: dict[str, Any], message: str) -> None:
    refuses(requantized(convolution(kind, 0, activation=ActivationFunctionType.RELU6), tensor, **change), message)
