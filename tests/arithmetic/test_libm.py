from __future__ import annotations

import ctypes
import os
from typing import Any

import numpy as np
import pytest

from pytflite.arithmetic import libm

C = ctypes.CDLL(None if os.name == "posix" else "ucrtbase")
FUNCTIONS = sorted(name for name in vars(libm) if isinstance(vars(libm)[name], np.ufunc))
SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, -1e-45, 1e-38, 88.5, 89.0, -104.0, 3.4e38, 1.0, -1.0, 0.5, 2.0]


def one_by_one(name: str, *columns: Any) -> list[float]:
    """What C gives for each element."""
    number = ctypes.c_float if name.endswith("f") else ctypes.c_double
    function = getattr(C, name)
    function.restype, function.argtypes = number, [number] * len(columns)
    return [function(*values) for values in zip(*(column.tolist() for column in columns), strict=True)]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_element_is_what_c_gives(name: str) -> None:
    ufunc = vars(libm)[name]
    dtype = np.float32 if name.endswith("f") else np.float64
    rng = np.random.default_rng(0)
    columns = [
        np.concatenate(
            [SPECIAL, rng.permutation(SPECIAL), rng.standard_normal(3000) * 10 ** rng.uniform(-4, 3, 3000)]
        ).astype(dtype)
        for _ in range(ufunc.nin)
    ]
    expected = np.array(one_by_one(name, *columns), dtype)
    with np.errstate(all="ignore"):
        got = ufunc(*columns)
    assert got.dtype == dtype
    same = (got.view(f"u{got.itemsize}") == expected.view(f"u{got.itemsize}")) | (np.isnan(got) & np.isnan(expected))
    assert same.all(), [column[~same][:5] for column in columns]


def test_the_functions_of_numpy_are_others() -> None:
    """If this ever fails, NumPy has become what this module is for."""
    x = np.random.default_rng(0).standard_normal(100_000).astype(np.float32)
    assert (libm.expf(x) != np.exp(x.astype(np.float64)).astype(np.float32)).any()


def test_any_layout_and_shape() -> None:
    x = np.random.default_rng(0).standard_normal((6, 8)).astype(np.float32)
    np.testing.assert_array_equal(libm.expf(x.T[::2, ::3]), libm.expf(np.ascontiguousarray(x.T[::2, ::3])))
    assert libm.expf(np.float32(0)) == 1
    assert libm.expf(x[:0]).shape == (0, 8)


def test_nothing_is_converted() -> None:
    with pytest.raises(TypeError):
        libm.expf(np.zeros(3))
