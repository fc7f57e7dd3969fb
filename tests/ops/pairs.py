"""Models of one operator with two inputs that broadcast."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from pytflite.flatbuffer.table import Table
from pytflite.model.dtypes import dtype_from_letter
from pytflite.schema.enums import BuiltinOperator
from tests.ops.harness import Case
from tests.ops.operands import Operand, Result, elements, one_op, shapes
from tests.ops.quantized import codes, tie_prone_scale

Array = npt.NDArray[Any]
Shape = tuple[int, ...]


@st.composite
def broadcastable(draw: st.DrawFn, max_rank: int = 8) -> tuple[Shape, Shape]:
    """Two shapes that broadcast, the same ones often."""
    full = draw(shapes(0, max_rank).filter(lambda shape: math.prod(shape) <= 2000))
    if draw(st.booleans()):
        return full, full
    kept = [[size if draw(st.booleans()) else 1 for size in full] for _ in range(2)]
    cut = [draw(st.integers(0, len(full))) for _ in range(2)]
    return tuple(kept[0][cut[0] :]), tuple(kept[1][cut[1] :])


def quantizations(rng: np.random.Generator, letters: Sequence[str], scales: Sequence[float]) -> list[dict[str, Any]]:
    """Parameters with these scales; one draw in three makes all of them powers of two. int16 has no zero point."""
    drawn = np.float32(scales)
    if rng.random() < 1 / 3:
        drawn = np.float32(2.0 ** np.round(np.log2(drawn)))
    zeros = [int(codes(rng, letter, ())) if letter in ("i8", "u8") else 0 for letter in letters]
    return [{"scale": scale, "zero_point": zero} for scale, zero in zip(drawn, zeros, strict=True)]


def sum_scales(rng: np.random.Generator) -> list[float]:
    """Scales of two inputs and of an output that holds their sum, or overflows a little."""
    scale1 = tie_prone_scale(rng, 0.001, 0.3)
    scale2 = scale1 * rng.choice([1.0, 0.5, 2.0, tie_prone_scale(rng, 0.01, 100)])
    return [scale1, scale2, (scale1 + scale2) * rng.uniform(0.2, 3)]


def pot_scales(rng: np.random.Generator) -> list[float]:
    """Powers of two: one input's is the output's, the other's is finer."""
    output, finer = int(rng.integers(-13, -8)), int(rng.integers(0, 16))
    return [2.0 ** (output - shift) for shift in (*rng.permutation([0, finer]), 0)]


def scaled(*scales: float) -> list[dict[str, Any]]:
    """Parameters with these scales and no zero points."""
    return [{"scale": scale} for scale in scales]


def pair(
    operator: BuiltinOperator,
    letters: tuple[str, str],
    seed: int,
    input_shapes: tuple[Shape, Shape],
    options: Table | None = None,
    quantization: Sequence[dict[str, Any]] = ({}, {}, {}),
) -> Case:
    """An operator on random elements; letters are those of both inputs and of the output."""
    rng = np.random.default_rng(seed)
    draw = codes if quantization[2] else elements
    operands = [
        Operand(draw(rng, letters[0], shape), letters[0], True, quantization[i]) for i, shape in enumerate(input_shapes)
    ]
    return one_op(operator, operands, [Result(letters[1], (), quantization[2])], options)


def float_corners(letter: str) -> Array:
    """Zeros of both signs, a number, infinities and NaN, as elements of a float type."""
    values = np.float32([0.0, -0.0, 1.5, np.inf, -np.inf, np.nan])
    bfloat16 = (values.view(np.uint32) >> 16).astype(np.uint16)
    return bfloat16 if letter == "bf16" else values.astype(dtype_from_letter(letter).numpy)
