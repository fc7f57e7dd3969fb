from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings

from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator, Padding
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.volumes import volume_convolution, volume_convolutions

convolution = partial(volume_convolution, BuiltinOperator.CONV_3D)


@settings(max_examples=50, deadline=None)
@given(volume_convolutions(BuiltinOperator.CONV_3D))
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {
        "same": convolution(1, stride=(2, 1, 2)),
        "valid": convolution(2, padding=Padding.VALID, activation=ActivationFunctionType.RELU6),
        "dilated": convolution(3, dilation=(2, 1, 2), bias=None),
    }


def test_golden() -> None:
    agrees_with_golden("conv_3d")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rank": 4}, "input .* must have 5 dimensions"),
        ({"size": (3, 0, 5)}, "must have no size 0 but that of the batch"),
        ({"window": (2, 0, 2)}, "filter .* must have no size 0"),
        ({"bias": 3}, "bias .* must have 4 elements"),
        ({"filter_channels": 2}, "must have as many channels"),
        ({"stride": (1, 0, 1)}, "Strides must be positive"),
        ({"dilation": (1, 1, 0)}, "Dilation factors must be positive"),
        ({"window": (5, 1, 1), "padding": Padding.VALID}, r"does not fit into \[3, 4, 5\]"),
        ({"activation": ActivationFunctionType.TANH}, "Fused activation TANH is not supported"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    refuses(convolution(0, **change), message)
