"""Models of one operator that picks boxes by score."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import NonMaxSuppressionV4Options, NonMaxSuppressionV5Options
from tests.ops.harness import Case
from tests.ops.operands import Operand, Result, integers, one_op


def suppression(
    seed: int,
    *,
    count: int = 20,
    size: int = 8,
    iou: float = 0.5,
    threshold: float = 0.1,
    sigma: float | None = None,
    levels: int = 8,
    fed: bool = False,
    box: int = 4,
    rank: tuple[int, ...] = (),
) -> Case:
    """Random boxes in clusters, some without area, corners in any order; scores are few, so that many are equal."""
    rng = np.random.default_rng(seed)
    centers = rng.choice(rng.random((max(count // 4, 1), 2)) * 4, count) + rng.random((count, 2)) * 0.3
    sizes = rng.choice([0, 0.5, 1, 1.25], (count, 2), p=[0.05, 0.3, 0.35, 0.3]) * rng.choice([-1, 1], (count, 2))
    boxes = np.concatenate([centers - sizes, centers + sizes], axis=1)
    if seed % 3 == 0:
        boxes = np.round(boxes * 2) / 2
    scores = rng.integers(0, levels + 1, count) / levels if levels else rng.random(count)
    operands = [
        Operand(boxes.astype(np.float32)[:, :box], "f32"),
        Operand(scores.astype(np.float32), "f32"),
        integers(np.full(rank, size), fed=fed),
        Operand(np.float32(iou), "f32"),
        Operand(np.float32(threshold), "f32"),
    ]
    if sigma is None:
        version, options, results = BuiltinOperator.NON_MAX_SUPPRESSION_V4, NonMaxSuppressionV4Options(), ["i32", "i32"]
        return one_op(version, operands, [Result(letter) for letter in results], options)
    operands.append(Operand(np.float32(sigma), "f32"))
    return one_op(
        BuiltinOperator.NON_MAX_SUPPRESSION_V5,
        operands,
        [Result(letter) for letter in ("i32", "f32", "i32")],
        NonMaxSuppressionV5Options(),
    )


@st.composite
def suppressions(draw: st.DrawFn, **sigma: st.SearchStrategy[float]) -> Case:
    """Models over all sizes and thresholds."""
    changes: dict[str, Any] = {name: draw(strategy) for name, strategy in sigma.items()}
    return suppression(
        draw(st.integers(0, 2**32)),
        count=draw(st.sampled_from([0, 1, 2, 7, 20, 60])),
        size=draw(st.sampled_from([0, 1, 5, 20, 80])),
        iou=draw(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0, 1.5])),
        threshold=draw(st.sampled_from([-1.0, 0.0, 0.125, 0.4, 2.0])),
        levels=draw(st.sampled_from([0, 1, 3, 8])),
        fed=draw(st.booleans()),
        **changes,
    )
