from __future__ import annotations

import numpy as np
import pytest

from pytflite.arithmetic.hybrid import QuantizedRows
from pytflite.ops._shared.hybrid import hybrid_products, row_sums, sse_products


def test_products_are_exact_without_the_lowest_weight() -> None:
    rng = np.random.default_rng(0)
    codes, matrix = rng.integers(-128, 128, (3, 45)), rng.integers(-127, 128, (5, 45))
    np.testing.assert_array_equal(sse_products(codes.astype(np.int8), matrix.astype(np.int8)), codes @ matrix.T)


@pytest.mark.parametrize(("code", "column", "product"), [(-3, 15, -384), (-3, 16, 384), (3, 15, -384), (3, 16, -384)])
def test_lowest_weight_turns_negative_codes_in_blocks_of_sixteen(code: int, column: int, product: int) -> None:
    codes, matrix = np.zeros((1, 20), np.int8), np.zeros((1, 20), np.int8)
    codes[0, column], matrix[0, column] = code, -128
    assert sse_products(codes, matrix) == [[product]]


def test_row_sums_wrap_lane_by_lane() -> None:
    """Lane 0 holds columns 0 and 1 of every sixteen: 130 blocks of 127 + 127 are 33020, which wraps."""
    matrix = np.zeros((2, 130 * 16 + 9), np.int8)
    matrix[0, 0::16], matrix[0, 1::16], matrix[0, -1] = 127, 127, 5
    matrix[1] = 1
    np.testing.assert_array_equal(row_sums(matrix), [33020 - 65536 + 127 + 127 + 5, 130 * 16 + 9])


def test_zero_points_are_taken_out_with_the_row_sums() -> None:
    rows = QuantizedRows(np.array([[1, 2], [3, 4]], np.int8), np.ones(2, np.float32), np.array([-1, 2], np.int32))
    np.testing.assert_array_equal(hybrid_products(rows, np.array([[1, 10]], np.int8)), [[32], [21]])
