from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from pytflite.arithmetic.libm import expf
from pytflite.arithmetic.tables import SIGMOID, code_table, interpolate, interpolation_table
from pytflite.build import ModelBuilder
from pytflite.model.write import write
from pytflite.schema.enums import BuiltinOperator
from pytflite.tools.oracle import Oracle
from tests.ops.harness import HAS_LITERT

Array = npt.NDArray[Any]

INT16 = np.arange(-32768, 32768).astype(np.int16)
needs_runtime = pytest.mark.skipif(not HAS_LITERT, reason="ai_edge_litert is not installed")


def test_entries_follow_the_bytes_of_the_codes() -> None:
    def identity(x: Array) -> Array:
        return x

    for dtype in (np.int8, np.uint8):
        codes = np.arange(256, dtype=np.uint8).view(dtype)
        table = code_table(identity, np.float32(0.5), 3, np.float32(0.25), -7, np.dtype(dtype))
        np.testing.assert_array_equal(table.dequantized, (codes.astype(np.float32) - 3) / 2)
        np.testing.assert_array_equal(table.function, table.dequantized)
        limits = np.iinfo(dtype)
        np.testing.assert_array_equal(table.table, np.clip((codes.astype(int) - 3) * 2 - 7, limits.min, limits.max))


def test_what_int32_cannot_hold_saturates_in_int8_and_is_lost_in_uint8() -> None:
    def steep(x: Array) -> Array:
        return np.where(x == 2, np.nan, x * np.float32(1e30))

    scales = np.float32(1), 0, np.float32(1), 0
    assert code_table(steep, *scales, np.dtype(np.int8)).table[[0, 1, 2, 255]].tolist() == [0, 127, 0, -128]
    assert code_table(steep, *scales, np.dtype(np.uint8)).table[[0, 1, 2, 255]].tolist() == [0, 0, 0, 0]


def test_sigmoid_table_is_the_sigmoid() -> None:
    """Half of the error of straight lines is taken off, which is largest where the curve bends most: less than 7."""
    assert SIGMOID.shape == (256,)
    assert SIGMOID[0] == 32768
    assert SIGMOID[-1] == 65535
    assert np.abs(SIGMOID - 65536 / (1 + np.exp(-np.arange(256) / 24))).max() < 7
    assert (np.diff(SIGMOID) >= 0).all()


def test_a_line_stays_one() -> None:
    """But for the 65536 codes that 65535 steps are spread over."""
    table = interpolation_table(lambda x: x, 0.5, 0, 0.5, 0)
    assert np.abs(interpolate(INT16, table).astype(int) - INT16).max() == 1


def test_interpolation_wraps_as_int16_does() -> None:
    table = np.zeros(513, np.int16)
    table[256], table[257] = -32768, 32767  # a slope of 65535, which int16 takes for -1
    assert interpolate(np.array([127]), table) == 32767


@needs_runtime
@pytest.mark.parametrize(("input_scale", "output_scale"), [(1e-4, 1e-3), (3e-4, 0.5), (2**-15, 2**-13), (0.001, 1e10)])
def test_exp_of_every_int16_code_is_the_runtime_s(input_scale: float, output_scale: float) -> None:
    b = ModelBuilder()
    g = b.subgraph("main")
    x = g.input("x", INT16.shape, "i16", scale=input_scale)
    y = g.output("y", INT16.shape, "i16", scale=output_scale)
    g.operator(BuiltinOperator.EXP, [x], [y])
    (expected,) = Oracle(write(b.build())).invoke(INT16)
    table = interpolation_table(expf, np.float32(input_scale), 0, np.float32(output_scale), 0)
    np.testing.assert_array_equal(interpolate(INT16, table), expected)
