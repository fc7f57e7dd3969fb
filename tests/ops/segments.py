"""Models of one operator that folds slices into unsorted segments."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from pytflite.flatbuffer.table import Table
from pytflite.schema.enums import BuiltinOperator
from tests.ops.harness import Case
from tests.ops.operands import Operand, Result, elements, integers, one_op, shapes


def unsorted_segments(
    operator: BuiltinOperator,
    options: Table,
    letter: str,
    seed: int,
    *,
    shape: tuple[int, ...] = (7, 3),
    rank: int = 1,
    segments: int = 4,
    fed: bool = True,
    beyond: int = 0,
    counts: tuple[int, ...] = (),
) -> Case:
    """Random slices with random ids, some of them negative; small numbers, so that products do not all overflow."""
    rng = np.random.default_rng(seed)
    data = elements(rng, letter, shape)
    if rng.random() < 0.5:
        data = np.where(rng.random(shape) < 0.2, data, rng.integers(-3, 4, shape).astype(data.dtype))
    ids = rng.integers(-2, max(segments, -1) + beyond, shape[:rank])
    operands = [
        Operand(data, letter),
        integers(ids, fed=fed),
        integers(np.full(counts, segments), fed=fed),
    ]
    return one_op(operator, operands, [Result(letter)], options)


@st.composite
def unsorted_arguments(draw: st.DrawFn) -> dict[str, object]:
    """Arguments of `unsorted_segments`."""
    shape = draw(shapes(1, 4))
    return {
        "letter": draw(st.sampled_from(["f32", "i32"])),
        "seed": draw(st.integers(0, 2**32)),
        "shape": shape,
        "rank": draw(st.integers(0, len(shape))),
        "segments": draw(st.integers(0, 5)),
        "fed": draw(st.booleans()),
        "counts": draw(st.sampled_from([(), (1,)])),
    }
