"""Cases of the operators that draw random numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from pytflite.build import ModelBuilder
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import RandomOptions
from tests.ops.harness import Case

SEEDS = (st.integers(1, 2**31) | st.integers(-(2**63), -1) | st.just(2**63 - 1)).filter(lambda seed: seed % 2**32)
"""Seeds of which int32, to which kernels cut them, keeps something: both cut to 0 would ask for others each time."""


def drawn(
    operator: BuiltinOperator, shapes: Sequence[Sequence[int]], seed: int, seed2: int = 0, *, fed: bool = False
) -> Case:
    """A tensor of random numbers, drawn once for each shape: from a constant or, fed, shape after shape."""
    vectors = [np.array(shape, np.int32) for shape in shapes]
    b = ModelBuilder()
    g = b.subgraph("main")
    shape = g.input("shape", vectors[0].shape, "i32") if fed else g.constant("shape", vectors[0])
    g.operator(operator, [shape], [g.output("drawn", (), "f32")], RandomOptions(seed=seed, seed2=seed2))
    return Case(b.build(), [[vector] if fed else [] for vector in vectors])


@st.composite
def draws(draw: st.DrawFn, operator: BuiltinOperator) -> Case:
    """Any seeds but 0 and 0; several invokes, of one shape or of many."""
    rank = draw(st.integers(1, 3))
    shape = st.lists(st.integers(0, 7), min_size=rank, max_size=rank)
    fed = draw(st.booleans())
    shapes = draw(st.lists(shape, min_size=1, max_size=4)) if fed else [draw(shape)] * draw(st.integers(1, 3))
    return drawn(operator, shapes, draw(SEEDS), draw(st.just(0) | SEEDS), fed=fed)
