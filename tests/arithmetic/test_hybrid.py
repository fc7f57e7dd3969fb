from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from pytflite.arithmetic.hybrid import activate, quantize_rows

JUST_BELOW_HALF = np.float32(0.49999997)


def row(*values: float) -> npt.NDArray[np.float32]:
    return np.array([values], np.float32)


def test_symmetric_codes_reach_127_at_the_largest_magnitude() -> None:
    quantized = quantize_rows(np.array([[1, -2, 0.5], [4, 0, -1]], np.float32), asymmetric=False)
    np.testing.assert_array_equal(quantized.codes, [[64, -127, 32], [127, 0, -32]])
    np.testing.assert_array_equal(quantized.scale, np.float32([2, 4]) / np.float32(127))
    assert quantized.codes.dtype == np.int8
    assert not quantized.zero_point.any()


@pytest.mark.parametrize(
    ("values", "codes", "zero_point"),
    [
        ((0.0, 255.0, 1.0), (-128, 127, -127), -128),
        ((-255.0, 0.0, -1.0), (-128, 127, 126), 127),
        ((-100.0, 155.0), (-128, 127), -28),
        ((51.0, 255.0), (-77, 127), -128),
    ],
)
def test_asymmetric_range_holds_zero(values: tuple[float, ...], codes: tuple[int, ...], zero_point: int) -> None:
    quantized = quantize_rows(row(*values), asymmetric=True)
    np.testing.assert_array_equal(quantized.codes, [codes])
    np.testing.assert_array_equal(quantized.zero_point, [zero_point])
    np.testing.assert_array_equal(quantized.scale, np.float32([1]))


@pytest.mark.parametrize("asymmetric", [False, True])
def test_rows_of_zeros_and_empty_rows_have_scale_one(asymmetric: bool) -> None:
    for values in (np.zeros((2, 5), np.float32), np.zeros((2, 0), np.float32)):
        quantized = quantize_rows(values, asymmetric=asymmetric)
        assert quantized.codes.shape == values.shape
        assert not quantized.codes.any()
        assert not quantized.zero_point.any()
        np.testing.assert_array_equal(quantized.scale, np.ones(2, np.float32))


@pytest.mark.parametrize("asymmetric", [False, True])
def test_whole_groups_of_eight_add_a_half_in_float32(asymmetric: bool) -> None:
    """0.49999997 + 0.5 rounds to 1: the first eight values become 1, the ninth, rounded exactly, 0."""
    values = np.full((1, 10), JUST_BELOW_HALF)
    values[0, -1] = 255 if asymmetric else 127
    codes = quantize_rows(values, asymmetric=asymmetric).codes[0].astype(int)
    low = -128 if asymmetric else 0
    np.testing.assert_array_equal(codes, [low + 1] * 8 + [low, 127])


@pytest.mark.parametrize("asymmetric", [False, True])
def test_rounds_half_away_from_zero(asymmetric: bool) -> None:
    limits = [-128.0, 127.0] if asymmetric else [-127.0, 127.0]
    values = row(0.5, 1.5, -0.5, -1.5, 2.5, -2.5, *limits, 0.5, -0.5)
    codes = quantize_rows(values, asymmetric=asymmetric).codes[0]
    np.testing.assert_array_equal(codes, [1, 2, -1, -2, 3, -3, *limits, 1, -1])


def test_denormal_rows_saturate_in_groups_and_wrap_after_them() -> None:
    """127 / 1e-40 is infinite: groups saturate upward, the rest becomes INT32_MIN whatever its sign."""
    codes = quantize_rows(np.full((1, 9), 1e-40, np.float32), asymmetric=False).codes[0]
    np.testing.assert_array_equal(codes, [127] * 8 + [-127])


@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        ("NONE", [-np.inf, -2, -0.0, 0.5, 7, np.inf, np.nan]),
        ("RELU", [0, 0, 0, 0.5, 7, np.inf, 0]),
        ("RELU6", [0, 0, 0, 0.5, 6, 6, 0]),
        ("RELU_N1_TO_1", [-1, -1, -0.0, 0.5, 1, 1, -1]),
        ("SIGN_BIT", [1, 1, 1, 0, 0, 0, 0]),
    ],
)
def test_activations_clamp_as_std_min_and_max_do(activation: str, expected: list[float]) -> None:
    values = np.array([-np.inf, -2, -0.0, 0.5, 7, np.inf, np.nan], np.float32)
    activated = activate(values, activation)
    np.testing.assert_array_equal(activated, np.float32(expected))
    np.testing.assert_array_equal(np.signbit(activated), np.signbit(np.float32(expected)))
