"""Cases of ARG_MAX and ARG_MIN."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from pytflite.model.dtypes import dtype_from_letter
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ArgMaxOptions, ArgMinOptions
from tests.ops.harness import Case
from tests.ops.operands import Operand, Result, elements, integers, one_op

OPTIONS = {BuiltinOperator.ARG_MAX: ArgMaxOptions, BuiltinOperator.ARG_MIN: ArgMinOptions}


def search(
    operator: BuiltinOperator,
    kind: tuple[str, ...],
    data: npt.ArrayLike,
    *,
    axis: int = -1,
    fed_axis: bool = False,
    output_letter: str = "",
) -> Case:
    """An ARG_MAX or ARG_MIN of given elements; the options may name another output type than the tensor's."""
    letter, axis_letter, index_letter = kind
    options = OPTIONS[operator](output_type=dtype_from_letter(output_letter or index_letter).type)
    value = np.asarray(data, dtype_from_letter(letter).numpy)
    operands = [Operand(value, letter), integers((axis,), axis_letter, fed=fed_axis)]
    return one_op(operator, operands, [Result(index_letter)], options)


@st.composite
def searches(draw: st.DrawFn, operator: BuiltinOperator, kinds: list[tuple[str, ...]]) -> Case:
    kind = draw(st.sampled_from(kinds))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    sizes = [1, 1, 2, 3, 4, 5, 17]
    shape = draw(st.lists(st.sampled_from([0, *sizes]), max_size=3))
    axis = draw(st.integers(0, len(shape)))
    shape.insert(axis, draw(st.sampled_from(sizes)))
    data = elements(rng, kind[0], shape)
    if kind[0] != "b" and draw(st.booleans()):
        data = np.clip(data, 0, 2)
    if kind[0] == "f32":
        data = np.where(rng.random(shape) < draw(st.sampled_from([0, 0.1, 0.5, 0.9])), np.float32(np.nan), data)
    return search(
        operator,
        kind,
        data,
        axis=axis - draw(st.sampled_from([0, len(shape)])),
        fed_axis=draw(st.booleans()),
    )
