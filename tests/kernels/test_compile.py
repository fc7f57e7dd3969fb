"""What compiled code must keep: no stale cache, integers only, the bits of the definitions."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from pytflite.arithmetic.epilogue import FloatEpilogue, QuantizedEpilogue
from pytflite.arithmetic.requantize import REQUANTIZERS, RealScale

pytest.importorskip("numba", reason="numba is not installed: the definitions run alone")

ROOT = Path(__file__).parents[2]
INTEGER_RECIPES = (
    "double_rounding",
    "rounding_up",
    "rounding_up_by_channels",
    "wide",
    "single",
    "rounding_up_then_left",
    "rounding_last",
    "rndnu",
    "rndnu16",
    "eight_bits",
)


def scales(rng: np.random.Generator, channels: int) -> RealScale:
    factor = np.exp(rng.uniform(np.log(1e-9), np.log(4.0), channels))
    return RealScale((np.float32(np.where(rng.random(channels) < 0.4, 2.0 ** np.round(np.log2(factor)), factor)),))


@pytest.mark.parametrize("recipe", sorted(REQUANTIZERS.keys() - {"rounding_up_flat"}))
@pytest.mark.parametrize("seed", range(5))
def test_requantizers_equal_their_definitions(recipe: str, seed: int) -> None:
    requantize = importlib.import_module("pytflite.kernels.requantize").requantize
    rng = np.random.default_rng(seed)
    epilogue = QuantizedEpilogue(REQUANTIZERS[recipe].of(scales(rng, 64)), -3, -(1 << 31), (1 << 31) - 1)
    accumulator = rng.integers(-(1 << 31), 1 << 31, (500, 64)) >> rng.integers(0, 31, (500, 1))
    output = np.empty(accumulator.shape, np.int64)
    requantize(accumulator, epilogue, output)
    *_, (_, expected) = epilogue.stages(accumulator, np.dtype(np.int64))
    assert np.array_equal(output, expected)


def test_float_epilogue_keeps_nan_and_clamps() -> None:
    requantize = importlib.import_module("pytflite.kernels.requantize").requantize
    values = np.array([[np.nan, -1.0, 0.5, 7.0, np.inf]], np.float32)
    output = np.empty_like(values)
    requantize(values, FloatEpilogue(np.float32(0), np.float32(6)), output)
    assert np.isnan(output[0, 0])
    assert output[0, 1:].tolist() == [0.0, 0.5, 6.0, 6.0]


class Window(NamedTuple):
    stride_h: int = 1
    stride_w: int = 1
    dilation_h: int = 1
    dilation_w: int = 1
    pad_top: int = 0
    pad_left: int = 0
    output_h: int = 2
    output_w: int = 2


class Params(NamedTuple):
    window: Window
    zero: Any
    input_offset: Any
    filter_offset: Any
    epilogue: Any


@pytest.mark.parametrize("recipe", INTEGER_RECIPES)
def test_integer_kernels_hold_no_float_instruction(recipe: str) -> None:
    from numba import njit

    from pytflite.kernels.conv_2d import conv_2d

    epilogue = QuantizedEpilogue(REQUANTIZERS[recipe].of(scales(np.random.default_rng(0), 4)), 0, -128, 127)
    zero = np.int32(0)
    fresh = njit(conv_2d.py_func)
    image, filter = np.zeros((1, 2, 2, 3), np.int8), np.zeros((4, 1, 1, 3), np.int8)
    fresh(
        image,
        filter,
        np.zeros(4, np.int32),
        Params(Window(), zero, zero, zero, epilogue),
        np.empty((1, 2, 2, 4), np.int8),
    )
    (code,) = fresh.inspect_llvm().values()
    assert not re.findall(r"\b(fadd|fsub|fmul|fdiv|sitofp|uitofp|fptosi|fptoui)\b", code)


STALE = """
import sys; sys.path.insert(0, {root!r})
import numpy as np
from pytflite.arithmetic.epilogue import QuantizedEpilogue
from pytflite.arithmetic.requantize import DoubleRounding, RealScale
from pytflite.kernels.requantize import requantize
epilogue = QuantizedEpilogue(DoubleRounding.of(RealScale((np.float32(0.5),))), 0, -128, 127)
output = np.empty((1, 1), np.int64)
requantize(np.array([[20]]), epilogue, output)
print(output[0, 0], sum(requantize.stats.cache_hits.values()))
"""


def test_an_edit_in_another_module_is_never_answered_from_the_cache(tmp_path: Path) -> None:
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "pytflite", tmp_path / "pytflite", ignore=ignore)

    def run() -> list[str]:
        code = STALE.format(root=str(tmp_path))
        return subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=tmp_path
        ).stdout.split()

    assert run() == ["10", "0"]
    assert run() == ["10", "1"]
    source = tmp_path / "pytflite" / "kernels" / "_sums.py"
    source.write_text(source.read_text() + "\n# touched\n")
    assert run() == ["10", "0"]
    rounding = tmp_path / "pytflite" / "kernels" / "requantize.py"
    rounding.write_text(rounding.read_text().replace("(high >> right)", "np.int64(7) + (high >> right)"))
    assert run() == ["17", "0"]
    params = tmp_path / "pytflite" / "ops" / "conv_2d.py"
    params.write_text(params.read_text() + "\n# touched\n")
    assert run() == ["17", "0"]
    epilogue = tmp_path / "pytflite" / "arithmetic" / "requantize.py"
    epilogue.write_text(epilogue.read_text() + "\n\nclass Renamed(DoubleRounding):\n    pass\n")
    assert run() == ["17", "0"]
    assert run() == ["17", "1"]
