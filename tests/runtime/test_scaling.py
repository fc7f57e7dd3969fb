"""quantize and dequantize against QUANTIZE and DEQUANTIZE of the real runtime, per axis too."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pytflite
from pytflite.build import ModelBuilder, quantization
from pytflite.schema.enums import BuiltinOperator
from pytflite.tools.oracle import same_bits
from tests.ops.harness import real

pytest.importorskip("ai_edge_litert", reason="ai_edge_litert is not installed")


def convert(builtin: BuiltinOperator, values: Any, source: str, target: str, **scaling: Any) -> Any:
    b = ModelBuilder()
    g = b.subgraph()
    x = g.input("x", values.shape, source, **(scaling if source != "f32" else {}))
    y = g.output("y", values.shape, target, **(scaling if target != "f32" else {}))
    g.operator(builtin, [x], [y])
    return real(b.build().to_bytes(), [[values]])[0]


@given(st.integers(0, 2**32), st.sampled_from(["i8", "u8", "i16"]), st.floats(2**-13, 8, width=32))
def test_as_the_real_runtime(seed: int, letter: str, scale: float) -> None:
    rng = np.random.default_rng(seed)
    info = np.iinfo({"i8": np.int8, "u8": np.uint8, "i16": np.int16}[letter])
    zero = 0 if letter == "i16" else int(rng.integers(info.min, info.max + 1))
    values = (rng.standard_normal(40) * scale * (info.max - info.min) / 2).astype(np.float32)
    values[:8] = (np.arange(8, dtype=np.float32) - 4 + 0.5) * np.float32(scale)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        codes = pytflite.quantize(values, (scale, zero), info.dtype)
    assert same_bits(codes, convert(BuiltinOperator.QUANTIZE, values, "f32", letter, scale=scale, zero_point=zero))
    back = convert(BuiltinOperator.DEQUANTIZE, codes, letter, "f32", scale=scale, zero_point=zero)
    assert same_bits(pytflite.dequantize(codes, (scale, zero)), back)


def test_per_axis() -> None:
    parameters = quantization([0.5, 2.0], [1, -1], 1)
    codes = pytflite.quantize([[1.0, 1.0], [-3.0, 7.0]], parameters)
    assert codes.tolist() == [[3, 0], [-5, 3]]
    assert pytflite.dequantize(codes, parameters).tolist() == [[1.0, 2.0], [-3.0, 8.0]]
    details = {"scales": parameters.scale, "zero_points": parameters.zero_point, "quantized_dimension": 1}
    assert np.array_equal(pytflite.dequantize(codes, details), pytflite.dequantize(codes, parameters))
    with pytest.raises(pytflite.ArgumentError, match=r"2 scales along axis 1 do not fit shape \[4\]"):
        pytflite.dequantize(np.zeros(4, np.int8), parameters)


def test_int4_and_nan() -> None:
    with pytest.warns(pytflite.SaturationWarning):
        assert pytflite.quantize([-9.0, 3.4, 9.0], (1.0, 0), "i4").tolist() == [-8, 3, 7]
    with pytest.warns(pytflite.SaturationWarning):
        assert pytflite.quantize([np.nan, np.inf], (1.0, 5)).tolist() == [0, 127]
