"""Models of one operator that works on every element alone, without quantization."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pytflite.flatbuffer.table import Table
from pytflite.schema.enums import BuiltinOperator
from tests.ops.activations import numbers
from tests.ops.harness import Case
from tests.ops.operands import Operand, Result, elements, one_op


def unary(
    operator: BuiltinOperator,
    letters: Sequence[str],
    seed: int,
    shape: tuple[int, ...] = (2, 3, 40),
    options: Table | None = None,
) -> Case:
    """An operator on random elements; letters are those of its input and of its output."""
    rng = np.random.default_rng(seed)
    draw = numbers if letters[0] in ("f32", "f16", "bf16") else elements
    return one_op(operator, [Operand(draw(rng, letters[0], shape), letters[0])], [Result(letters[1])], options)
