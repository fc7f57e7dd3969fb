"""Records: immutable, compared by bits, copied with changes, pickled."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest

from pytflite.flatbuffer import same
from pytflite.schema.enums import Padding
from pytflite.schema.tables import Conv2DOptions, Pool2DOptions, QuantizationParameters, SoftmaxOptions

NAN = float("nan")


def test_defaults_are_those_of_the_schema() -> None:
    options = Conv2DOptions()
    assert (options.padding, options.stride_w, options.dilation_w_factor) == (Padding.SAME, 0, 1)


def test_records_are_immutable() -> None:
    options = Conv2DOptions()
    with pytest.raises(AttributeError, match="use replace"):
        options.stride_w = 2
    with pytest.raises(AttributeError, match="immutable"):
        del options.stride_w
    with pytest.raises(AttributeError, match="immutable"):
        options.strides = 2  # type: ignore[attr-defined]


def test_replace() -> None:
    options = Conv2DOptions(stride_w=2)
    assert options.replace(stride_h=3) == Conv2DOptions(stride_w=2, stride_h=3)
    assert options == Conv2DOptions(stride_w=2)
    with pytest.raises(TypeError, match="Conv2DOptions has no field strides"):
        options.replace(strides=3)


def test_equality_is_by_type_and_bits() -> None:
    assert Conv2DOptions() != Pool2DOptions()
    assert SoftmaxOptions(NAN) == SoftmaxOptions(NAN)
    assert SoftmaxOptions(0.0) != SoftmaxOptions(-0.0)
    assert SoftmaxOptions(1.0) != SoftmaxOptions(1.0, unknown=((1, b"x"),))
    assert hash(SoftmaxOptions(1.0)) == hash(SoftmaxOptions(1.0))
    scale = np.ones(2, np.float32)
    assert QuantizationParameters(scale=scale) == QuantizationParameters(scale=scale.copy())
    assert hash(QuantizationParameters(scale=scale)) == hash(QuantizationParameters(scale=scale.copy()))


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (np.float32([NAN]), np.float32([NAN]), True),
        (np.float32([0]), np.float32([-0.0]), False),
        (np.float32([1]), np.float64([1]), False),
        (np.float32([1]), np.float32([[1]]), False),
        (np.float32([1]), 1.0, False),
        ((1, NAN), (1, NAN), True),
        ((1, 2), (1, 2, 3), False),
        ("a", "a", True),
    ],
)
def test_same(left: Any, right: Any, equal: bool) -> None:
    assert same(left, right) is equal
    assert same(right, left) is equal


def test_records_survive_pickle_and_copy() -> None:
    options = Conv2DOptions(Padding.VALID, 2, unknown=((9, b"abc"),))
    assert pickle.loads(pickle.dumps(options)) == options
    assert copy.deepcopy(options) == options


def test_they_say_what_they_are() -> None:
    assert repr(SoftmaxOptions(1.0)) == "SoftmaxOptions(beta=1.0)"
    assert repr(Pool2DOptions(Padding.VALID)).startswith("Pool2DOptions(padding=Padding.VALID, stride_w=0,")
    assert "unknown=" in repr(SoftmaxOptions(1.0, unknown=((1, b"x"),)))
