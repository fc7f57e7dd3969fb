from __future__ import annotations

import math

import numpy as np
import pytest

from pytflite.arithmetic.eigen import erfc, erfc_of_numbers, tanh
from pytflite.build import ModelBuilder
from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator
from pytflite.schema.tables import FullyConnectedOptions
from pytflite.tools.oracle import same_bits
from tests.ops.harness import HAS_LITERT, real


@pytest.mark.skipif(not HAS_LITERT, reason="ai_edge_litert is not installed")
def test_tanh_agrees() -> None:
    """A hybrid FULLY_CONNECTED whose filter is zero computes tanh of its bias."""
    rng = np.random.default_rng(0)
    x = np.append(rng.integers(0, 2**32, 5000, np.uint32).view(np.float32), np.float32(rng.normal(0, 3, 5003)))
    x = np.nan_to_num(x)
    b = ModelBuilder()
    g = b.subgraph("main")
    input = g.input("input", (1, 1), "f32")
    filter = g.constant("filter", np.zeros((x.size, 1), np.int8), scale=1)
    output = g.output("output", (1, x.size), "f32")
    options = FullyConnectedOptions(fused_activation_function=ActivationFunctionType.TANH)
    g.operator(BuiltinOperator.FULLY_CONNECTED, [input, filter, g.constant("bias", x)], [output], options)
    assert same_bits(tanh(x[np.newaxis]), real(b.build().to_bytes(), [[np.ones((1, 1), np.float32)]])[0])


def test_tanh_is_within_five_ulp_of_the_exact_one() -> None:
    x = np.linspace(-12, 12, 100001, dtype=np.float32)
    exact = np.tanh(x.astype(np.float64))
    assert np.max(np.abs(tanh(x) - exact) / np.spacing(np.abs(exact).astype(np.float32))) < 5


def test_tanh_ends_at_one_and_keeps_signs_and_nan() -> None:
    x = np.array([8, 100, np.inf, -8, -np.inf, 0.0, -0.0, 1e-42], np.float32)
    expected = np.array([1, 1, 1, -1, -1, 0.0, -0.0, 1e-42], np.float32)
    assert same_bits(tanh(x), expected)
    assert np.isnan(tanh(np.array([np.nan], np.float32))[0])


def test_erfc_is_within_eight_ulp_of_the_exact_one() -> None:
    x = np.linspace(-12, 9, 100003, dtype=np.float32)
    exact = np.array([math.erfc(value) for value in x])
    for computed in (erfc(x), erfc_of_numbers(x)):
        assert np.max(np.abs(computed - exact) / np.spacing(exact.astype(np.float32))) < 8


def test_erfc_ends_at_two_and_zero_and_keeps_nan() -> None:
    x = np.array([-100, -np.inf, 0.0, -0.0, 100, np.inf], np.float32)
    assert same_bits(erfc_of_numbers(x), np.array([2, 2, 1, 1, 0, 0], np.float32))
    assert np.isnan(erfc(np.full(5, np.nan, np.float32))).all()
