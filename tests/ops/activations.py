"""Cases of operators that work on every element alone, or along the last dimension."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from pytflite.arithmetic.bfloat16 import float32_to_bfloat16
from pytflite.flatbuffer.table import Table
from pytflite.model.dtypes import dtype_from_letter
from pytflite.schema.enums import BuiltinOperator
from tests.ops.harness import Case
from tests.ops.operands import Operand, Result, one_op, shapes
from tests.ops.quantized import RANGES, codes, tie_prone_scale

Array = npt.NDArray[Any]

SPECIAL = np.float32([0, -0.0, np.inf, -np.inf, np.nan, 1e-45, -1e-45, 3.4e38, 1, -1, 6, -3])


def numbers(rng: np.random.Generator, letter: str, shape: tuple[int, ...]) -> Array:
    """Codes of a quantized type, or floats of one of many magnitudes, special ones among them."""
    if letter in RANGES:
        return codes(rng, letter, shape)
    drawn = (rng.standard_normal(shape) * 10 ** rng.uniform(-3, 3)).astype(np.float32)
    values = np.where(rng.random(shape) < 0.1, rng.choice(SPECIAL, shape), drawn)
    with np.errstate(over="ignore"):
        return float32_to_bfloat16(values) if letter == "bf16" else values.astype(dtype_from_letter(letter).numpy)


def every_value(letter: str) -> Array:
    """All values of an 8-bit or 16-bit type, in the order of their bits."""
    dtype = dtype_from_letter(letter)
    return np.arange(1 << dtype.bits).astype(f"u{dtype.bits // 8}").view(dtype.numpy)


def quantization(rng: np.random.Generator, letter: str, scale: float) -> dict[str, Any]:
    """A scale and a random zero point, 0 for int16; nothing for floats."""
    if letter not in RANGES:
        return {}
    return {"scale": np.float32(scale), "zero_point": 0 if letter == "i16" else int(codes(rng, letter, ()))}


def unit(letter: str, bits: int) -> dict[str, Any]:
    """The quantization of an output in [0, 1] (``bits`` of 8 or 16) or [-1, 1] (7 or 15)."""
    if letter not in RANGES:
        return {}
    low, high, _ = RANGES[letter]
    return {"scale": 2.0**-bits, "zero_point": low if bits % 2 == 0 and letter != "i16" else (low + high + 1) // 2}


def activation(
    operator: BuiltinOperator,
    letter: str,
    seed: int,
    *,
    shape: tuple[int, ...] = (2, 3, 4),
    options: Table | None = None,
    value: Array | None = None,
    input_scale: float | None = None,
    ratio: float | None = None,
    after: dict[str, Any] | None = None,
    output: str | None = None,
    others: Sequence[Operand] = (),
) -> Case:
    """An operator with random codes and scales.

    Args:
        operator: which.
        letter: of the input's element type.
        seed: of elements, scales and zero points.
        shape: of the input.
        options: of the operator.
        value: in place of random elements.
        input_scale: in place of a random one.
        ratio: of the output's scale to the input's, in place of a random one.
        after: quantization of the output, in place of a random one.
        output: letter of the output's type, by default the input's.
        others: operands after the first.
    """
    rng = np.random.default_rng(seed)
    value = numbers(rng, letter, shape) if value is None else value
    scale = tie_prone_scale(rng, 1e-5, 1e-2) if letter == "i16" else tie_prone_scale(rng, 0.002, 0.5)
    scale = scale if input_scale is None else np.float32(input_scale)
    ratio = tie_prone_scale(rng, 0.1, 10) if ratio is None else ratio
    operand = Operand(value, letter, quantization=quantization(rng, letter, scale))
    after = quantization(rng, output or letter, scale * ratio) if after is None else after
    return one_op(operator, [operand, *others], [Result(output or letter, value.shape, after)], options)


@st.composite
def activations(
    draw: st.DrawFn, build: Callable[..., Case], letters: Sequence[str], **options: st.SearchStrategy[Any]
) -> Case:
    """Cases of ``build(letter, seed, shape=..., **options)``."""
    drawn = {name: draw(strategy) for name, strategy in {"shape": shapes(0, 5), **options}.items()}
    return build(draw(st.sampled_from(letters)), draw(st.integers(0, 2**32)), **drawn)
