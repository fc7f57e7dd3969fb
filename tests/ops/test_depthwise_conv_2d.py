from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator, Padding
from pytflite.schema.tables import DepthwiseConv2DOptions
from tests.ops.convolutions import convolution_case, refuses, requantized
from tests.ops.harness import Case, agree, agrees_with_golden

KINDS = ["int8", "int8xint4", "uint8", "int16x8", "float32", "hybrid_int8"]


def depthwise(
    kind: str,
    seed: int,
    *,
    batch: int = 1,
    size: tuple[int, int] = (6, 5),
    channels: int = 4,
    multiplier: int = 2,
    filter_size: tuple[int, int] = (3, 3),
    stride: tuple[int, int] = (1, 1),
    dilation: tuple[int, int] = (1, 1),
    padding: Padding = Padding.SAME,
    activation: ActivationFunctionType = ActivationFunctionType.NONE,
    per_axis: bool = True,
    **change: Any,
) -> Case:
    """A DEPTHWISE_CONV_2D of a kind with random values; ``change`` goes to `convolution_case`."""
    options = DepthwiseConv2DOptions(
        padding=padding,
        stride_h=stride[0],
        stride_w=stride[1],
        depth_multiplier=multiplier,
        dilation_h_factor=dilation[0],
        dilation_w_factor=dilation[1],
        fused_activation_function=activation,
    )
    return convolution_case(
        BuiltinOperator.DEPTHWISE_CONV_2D,
        kind,
        seed,
        options,
        channel_axis=3,
        **{
            "input_shape": (batch, *size, channels),
            "filter_shape": (1, *filter_size, channels * multiplier),
            "scales": channels * multiplier if per_axis and kind != "uint8" else None,
        }
        | change,
    )


@st.composite
def depthwises(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(KINDS))
    filter_size = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    dilation = draw(st.sampled_from([(1, 1), (1, 1), (2, 1), (2, 3)]))
    stride = draw(st.sampled_from([(1, 1), (2, 2), (1, 2), (3, 1)]))
    extent = [(k - 1) * d + 1 for k, d in zip(filter_size, dilation, strict=True)]
    shortest = [max(e - s, 1) for e, s in zip(extent, stride, strict=True)]
    return depthwise(
        kind,
        draw(st.integers(0, 2**32)),
        batch=draw(st.sampled_from([1, 1, 2] if kind == "hybrid_int8" else [1, 1, 2, 0])),
        size=(shortest[0] + draw(st.integers(0, 6)), shortest[1] + draw(st.integers(0, 6))),
        channels=draw(st.integers(1, 9)),
        multiplier=draw(st.sampled_from([1, 1, 2, 3])),
        filter_size=filter_size,
        stride=stride,
        dilation=dilation,
        padding=draw(st.sampled_from(list(Padding))),
        activation=draw(st.sampled_from(list(ActivationFunctionType)[:4])),
        per_axis=kind == "hybrid_int8" or draw(st.booleans()),
        bias=draw(st.booleans()),
    )


@settings(max_examples=60, deadline=None)
@given(depthwises())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    relu6 = ActivationFunctionType.RELU6
    cases = {kind: depthwise(kind, 7 + i, stride=(2, 1), activation=relu6) for i, kind in enumerate(KINDS)}
    cases |= {f"{kind}_per_tensor": depthwise(kind, 3, per_axis=False) for kind in ("int8", "int16x8")}
    cases["int8_without_bias"] = depthwise("int8", 11, bias=False, dilation=(2, 2), size=(9, 8), padding=Padding.VALID)
    return cases


def test_golden() -> None:
    agrees_with_golden("depthwise_conv_2d")


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("int8", {"filter_shape": (1, 3, 3, 6), "scales": None}, "must be a multiple"),
        ("int8", {"filter_shape": (2, 3, 3, 8)}, "The first dimension of filter .* must be 1"),
        ("int8", {"stride": (1, 0)}, "Strides must be positive"),
        ("int8", {"dilation": (0, 1)}, "Dilation factors must be positive"),
        ("int8", {"size": (1, 1), "padding": Padding.VALID}, "does not fit into an image of 1x1"),
        ("int8", {"size": (1, 0)}, "must have no size 0"),
        ("int8", {"activation": ActivationFunctionType.TANH}, "Fused activation TANH is not supported"),
        ("int16x8_int32", {}, "Type combination i16 i8 i32 -> i16 is not supported"),
        ("hybrid_int4", {}, "Type combination f32 i4 f32 -> f32 is not supported"),
        ("hybrid_int8", {"scales": None}, "has 1 scales, 8 accepted"),
        ("hybrid_int8", {"batch": 0}, "must have at least one image"),
    ],
)
def test_refuses(kind: str, change: dict[str, Any], message: str) -> None:
    refuses(depthwise(kind, 0, **change), message)


@pytest.mark.parametrize(
    ("kind", "tensor", "change", "message"),
    [
        ("int8", "bias", {"zero_point": np.arange(8)}, "Zero points of bias .* must be 0"),
        ("int16x8", "output", {"zero_point": np.array([1])}, "The zero point of output .* must be 0"),
        ("uint8", "bias", {"scale": np.float32([3])}, "The scale of bias .* must be that of input times filter"),
    ],
)
def test_refuses_quantization(kind: str, tensor: str, change: dict[str, Any], message: str) -> None:
    refuses(requantized(depthwise(kind, 0), tensor, **change), message)
