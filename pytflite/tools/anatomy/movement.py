"""Operators that move elements around."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.steps import Step
from pytflite.tools.anatomy.parts import Anatomy, Subject, elements, unflat

Array = npt.NDArray[Any]


MOVED = ("input", "inputs", "values", "params", "constant_values", "value", "operand", "update", "x", "y")
"""Roles whose elements operators move around unchanged."""


def origin(subject: Subject) -> Anatomy | None:
    """Where an element came from, if the operator only moves elements: its definition moves numbered ones likewise."""
    node, first = subject.node, 1 << 40
    numbered: list[Array | None] = []
    owners: list[tuple[int, str, Array]] = []
    names = [role.name for role in node.op.input_roles]
    for i, array in enumerate(subject.inputs):
        role = names[min(i, len(names) - 1)]
        if array is not None and role in MOVED:
            owners.append((first, role, array))
            array = np.arange(first, first + array.size).reshape(array.shape)
            first += array.size
        numbered.append(array)
    stages = dict(node.stages(numbered))
    output = stages[node.op.output_roles[0].name]
    number = int(np.asarray(output[0] if isinstance(output, list | tuple) else output)[subject.at])
    for start, role, array in owners:
        if start <= number < start + array.size:
            terms = elements(role, array, [unflat(number - start, array.shape)])
            step = Step("output", f"moved from {role}{list(terms[0].at)}", terms[0].code)
            return Anatomy(terms, steps=(step,)) if terms[0].code == subject.output() else None
    return Anatomy(steps=(Step("output", "no element of an input: padding", subject.output()),))


MOVEMENT = {
    *("RESHAPE", "SQUEEZE", "EXPAND_DIMS", "TRANSPOSE", "PAD", "PADV2", "MIRROR_PAD", "CONCATENATION", "PACK", "SLICE"),
    *("STRIDED_SLICE", "GATHER", "GATHER_ND", "TILE", "REVERSE_V2", "BROADCAST_TO", "RESIZE_NEAREST_NEIGHBOR"),
    *("SPLIT", "SPLIT_V", "UNPACK", "SELECT", "SELECT_V2", "DYNAMIC_UPDATE_SLICE", "REVERSE_SEQUENCE", "FILL"),
    *("SPACE_TO_DEPTH", "DEPTH_TO_SPACE", "SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND"),
}
"""Operators whose first output holds nothing but elements of their inputs, and padding."""
