"""What the profiles of 64-bit Arm are recorded on: the integer cases of every operator's test, and probes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from pytflite.model.types import Model
from pytflite.schema.enums import ActivationFunctionType, Padding
from tests.ops.activations import every_value
from tests.ops.convolutions import requantized
from tests.ops.harness import Case
from tests.ops.test_add import addition
from tests.ops.test_conv_2d import convolution
from tests.ops.test_depthwise_conv_2d import depthwise
from tests.ops.test_fully_connected import full_connection
from tests.ops.test_hard_swish import hard_swish
from tests.ops.test_leaky_relu import leaky_relu
from tests.ops.test_mean import mean
from tests.ops.test_mul import multiplication
from tests.ops.test_softmax import softmax
from tests.ops.test_transpose_conv import transposed
from tests.profiles import devices
from tests.profiles.sweep import is_undefined, shaped

SYMMETRIC = {"filter": {"zero_point": 0}}
"""What XNNPACK asks of a filter that is not uint8."""

RELU6 = ActivationFunctionType.RELU6
BETWEEN = ("QUANTIZE", "DEQUANTIZE")
"""Operators between floats and codes."""


def cases() -> Iterator[tuple[str, Case]]:
    """All of them by name, ``operator/case``, with the output shapes in the file.

    Probes of other devices are left out, and sparse filters: XNNPACK reads them as if they were dense.
    """
    fixed = (named for named in devices.cases() if "/probe" not in named[0] and "/sparse" not in named[0])
    for name, subject in (*filter(is_integer, fixed), *probes()):
        if not is_undefined(subject, "optimized"):
            yield name, shaped(subject)


def is_integer(named: tuple[str, Case]) -> bool:
    """Whether no tensor of a case holds floats, unless its operator stands between them and codes."""
    _, subject = named
    return all(operator.name in BETWEEN for operator in subject.model.main.operators) or is_without_floats(
        subject.model
    )


def is_without_floats(model: Model) -> bool:
    """Whether no tensor holds floats."""
    return not any(
        tensor.dtype.letter in ("f16", "bf16", "f32", "f64", "c64", "c128")
        for graph in model.subgraphs
        for tensor in graph.tensors
    )


def loud(subject: Case) -> Case:
    """The case with an output scale so small that most of its products leave the output's type, and some int32."""
    (scale,) = (tensor.quantization.scale for tensor in subject.model.main.tensors if tensor.name == "output")
    return requantized(subject, "output", scale=scale / 4000)


def probes() -> Iterator[tuple[str, Case]]:
    """Rounding ties, products with one row and with several, borders of vector code, sums that leave int32."""
    for kind, i in product(("int8", "int8xint4", "uint8", "int16x8_int32"), range(4)):
        yield f"conv_2d/arm_{kind}_{i}", convolution(kind, i, channels=5 + i, outputs=7 + i)
        yield f"conv_2d/arm_{kind}_loud_{i}", loud(convolution(kind, i))
        yield f"conv_2d/arm_{kind}_one_{i}", one_pixel(kind, i)
        yield f"fully_connected/arm_{kind}_{i}", product_of(kind, i, per_axis=i % 2 == 0)
        overflow = full_connection(kind, i, loud=True, per_axis=i % 2 == 0, quantize=SYMMETRIC if i < 2 else {})
        yield f"fully_connected/arm_{kind}_loud_{i}", overflow
        yield f"fully_connected/arm_{kind}_one_{i}", product_of(kind, i, shape=(1, 37))
    for kind in ("int8", "uint8"):
        for i in range(6):
            yield f"transpose_conv/arm_{kind}_{i}", tied(transposed(kind, i, outputs=9))
            yield f"depthwise_conv_2d/arm_{kind}_twice_{i}", filtered(kind, i, channels=8, multiplier=2)
            taps = filtered(kind, i, channels=8, multiplier=1, size=(9, 9), filter_size=(5, 5 + i % 2))
            yield f"depthwise_conv_2d/arm_{kind}_taps_{i}", taps
        for i in range(3):
            yield f"conv_2d/arm_{kind}_grouped_{i}", convolution(kind, i, groups=2)
            yield f"conv_2d/arm_{kind}_own_{i}", convolution(kind, i, channels=8, groups=8)
            yield f"mul/arm_{kind}_{i}", multiplication(kind, i, ((4, 60), (4, 60)))
            yield f"add/arm_{kind}_{i}", addition(kind, i, ((4, 60), (4, 60)))
        for units, depth in product((3, 4), (7, 8)):
            yield f"fully_connected/arm_{kind}_{units}x{depth}", product_of(kind, units, shape=(1, depth), units=units)
            yield f"conv_2d/arm_{kind}_{units}x{depth}", one_pixel(kind, units, channels=depth, outputs=units)
        for i, (stride, padding, width) in enumerate(product((1, 2), Padding, (6, 7))):
            three = filtered(
                kind, i, channels=16, multiplier=1, size=(7, width), stride=(stride, stride), padding=padding
            )
            yield f"depthwise_conv_2d/arm_{kind}_three_{i}", three
        yield f"depthwise_conv_2d/arm_{kind}_low", filtered(kind, 1, channels=8, multiplier=1, size=(1, 6))
        yield f"depthwise_conv_2d/arm_{kind}_relu6", filtered(kind, 3, channels=8, multiplier=1, activation=RELU6)
    for letter in ("i8", "u8"):
        for i in range(8):
            yield f"hard_swish/arm_{letter}_{i}", hard_swish(letter, i, value=every_value(letter), ratio=0.1 + i / 5)
        for i, beta in enumerate((1.0, 0.3, 2.5)):
            yield f"softmax/arm_{letter}_{i}", softmax((letter, letter), i, beta=beta, shape=(20, 40))
            yield f"mean/arm_{letter}_{i}", mean(letter, i)
        for i in range(4):
            yield f"leaky_relu/arm_{letter}_{i}", leaky_relu(letter, i, value=every_value(letter), alpha=i / 4 - 0.5)


def tied(subject: Case) -> Case:
    """The case with the output scale at a power of two times that of products, where ties abound."""
    scales = scales_of(subject)
    product = scales["input"] * scales["filter"]
    return requantized(
        subject, "output", scale=np.float32([product * 2.0 ** np.round(np.log2(scales["output"] / product))])
    )


def scales_of(subject: Case) -> dict[str, np.float32]:
    """Scales by the names of tensors, of several the largest."""
    tensors = subject.model.main.tensors
    return {tensor.name: tensor.quantization.scale.max() for tensor in tensors if tensor.quantization}


def filtered(kind: str, seed: int, **change: Any) -> Case:
    """A depthwise convolution with ties, which XNNPACK takes: it asks for dimension 0 where the filter is uint8."""
    subject = tied(depthwise(kind, seed, **change))
    return requantized(subject, "filter", quantized_dimension=0) if kind == "uint8" else subject


def product_of(kind: str, seed: int, **change: Any) -> Case:
    """A product whose outputs mostly stay within their type, with ties for even seeds."""
    middle = {"input": {"zero_point": 120}, "filter": {"zero_point": 131}} if kind == "uint8" else SYMMETRIC
    subject = full_connection(kind, seed, quantize=middle, **change)
    scales = {
        tensor.name: tensor.quantization.scale.max() for tensor in subject.model.main.tensors if tensor.quantization
    }
    ratio = (8 if kind == "int8xint4" else 128) * (1 << seed % 4) * (1 + seed % 2 / 7)
    return requantized(subject, "output", scale=np.float32([scales["input"] * scales["filter"] * ratio]))


def one_pixel(kind: str, seed: int, **change: int) -> Case:
    """A convolution with one pixel of output."""
    return convolution(kind, seed, size=(3, 3), padding=Padding.VALID, **change)
