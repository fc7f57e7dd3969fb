"""Models of one operator with a complex input."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pytflite.schema.enums import BuiltinOperator
from tests.ops.harness import Case
from tests.ops.operands import Operand, Result, elements, one_op
from tests.ops.pairs import Shape

PARTS = {"c64": "f32", "c128": "f64"}


def complex_case(operator: BuiltinOperator, letters: Sequence[str], seed: int, shape: Shape = (2, 3, 40)) -> Case:
    """An operator on random elements; letters are those of its input and of its output."""
    rng = np.random.default_rng(seed)
    parts = elements(rng, PARTS[letters[0]], (*shape, 2))
    value = parts.view(np.result_type(parts.dtype, np.complex64))[..., 0]
    return one_op(operator, [Operand(value, letters[0])], [Result(letters[1])])
