"""Cases of the operators that reduce along axes."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ReducerOptions
from tests.ops.harness import Case
from tests.ops.operands import Operand, Result, elements, integers, one_op, shapes
from tests.ops.quantized import codes, tie_prone_scale

QUANTIZED = ("i8", "u8", "i16")


def reduction(
    operator: BuiltinOperator,
    letter: str,
    seed: int,
    *,
    shape: tuple[int, ...] = (2, 3, 4),
    axis: tuple[int, ...] | int = (0, -1),
    keep_dims: bool = False,
    fed_axis: bool = False,
    fed_input: bool = True,
    quantized: bool = True,
    rescales: bool = True,
    zero_point: int | None = None,
) -> Case:
    """A reduction of random elements.

    Args:
        operator: which.
        letter: of the element type.
        seed: of elements, scales and zero points.
        shape: of the input.
        axis: a vector of axes, or a scalar.
        keep_dims: as in the options.
        fed_axis: whether the axes are an input of the model.
        fed_input: whether the elements are an input of the model.
        quantized: whether types that can be quantized are.
        rescales: whether the output has another quantization than the input.
        zero_point: of the input, random when None.
    """
    rng = np.random.default_rng(seed)
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    if quantized and letter in QUANTIZED:
        zero_points = [0 if letter == "i16" else int(codes(rng, letter, ())) for _ in range(2)]
        scale = tie_prone_scale(rng, 0.002, 0.5)
        before = {"scale": scale, "zero_point": zero_points[0] if zero_point is None else zero_point}
        ratio = tie_prone_scale(rng, 0.3, 8)
        after = {"scale": np.float32(scale * ratio), "zero_point": zero_points[1]} if rescales else before
    operand = Operand(elements(rng, letter, shape), letter, fed_input, before)
    return one_op(
        operator,
        [operand, integers(axis, fed=fed_axis)],
        [Result(letter, (), after)],
        ReducerOptions(keep_dims=keep_dims),
    )


@st.composite
def reductions(
    draw: st.DrawFn, operator: BuiltinOperator, letters: list[str], *, empty: bool = True, **options: Any
) -> Case:
    shape = draw(shapes(0, 5, empty=empty))
    one = st.integers(-len(shape), len(shape) - 1) if shape else st.integers(-7, 7)
    return reduction(
        operator,
        draw(st.sampled_from(letters)),
        draw(st.integers(0, 2**32)),
        shape=shape,
        axis=draw(st.one_of(one, st.lists(one, max_size=len(shape) + 2).map(tuple))),
        keep_dims=draw(st.booleans()),
        fed_axis=draw(st.booleans()),
        **{"fed_input": draw(st.integers(0, 4)) > 0} | options,
    )
