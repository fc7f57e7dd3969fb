"""Cases of the operators that resize images."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ResizeBilinearOptions, ResizeNearestNeighborOptions
from tests.ops.harness import Case
from tests.ops.operands import Operand, Result, elements, integers, one_op

OPTIONS: dict[BuiltinOperator, Any] = {
    BuiltinOperator.RESIZE_BILINEAR: ResizeBilinearOptions,
    BuiltinOperator.RESIZE_NEAREST_NEIGHBOR: ResizeNearestNeighborOptions,
}


def resize(
    operator: BuiltinOperator,
    letter: str,
    seed: int,
    *,
    shape: tuple[int, ...] = (1, 4, 5, 3),
    size: tuple[int, ...] = (7, 3),
    align_corners: bool = False,
    half_pixel_centers: bool = False,
    fed_size: bool = False,
) -> Case:
    """A resize of random elements."""
    rng = np.random.default_rng(seed)
    options = OPTIONS[operator](align_corners=align_corners, half_pixel_centers=half_pixel_centers)
    operands = [Operand(elements(rng, letter, shape), letter), integers(size, fed=fed_size)]
    return one_op(operator, operands, [Result(letter)], options)


@st.composite
def resizes(draw: st.DrawFn, operator: BuiltinOperator, letters: list[str], *, both: bool) -> Case:
    """Resizes; ``both`` is whether align_corners and half_pixel_centers may be given at once."""
    align_corners = draw(st.booleans())
    return resize(
        operator,
        draw(st.sampled_from(letters)),
        draw(st.integers(0, 2**32)),
        shape=(
            draw(st.integers(0, 2)),
            *draw(st.tuples(st.integers(1, 9), st.integers(1, 9))),
            draw(st.integers(0, 5)),
        ),
        size=draw(st.tuples(st.integers(1, 40), st.integers(1, 40))),
        align_corners=align_corners,
        half_pixel_centers=draw(st.booleans()) and (both or not align_corners),
        fed_size=draw(st.booleans()),
    )
