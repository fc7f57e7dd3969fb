"""One-operator models from arrays: which are fed, which are constants, which an operator computes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import strategies as st

from pytflite.build import ModelBuilder
from pytflite.errors import InvokeError
from pytflite.flatbuffer.table import Table
from pytflite.model.dtypes import dtype_from_letter
from pytflite.ops._api import Op
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import BitcastOptions
from tests.ops.harness import Case, case, evaluate

Array = npt.NDArray[Any]


class Operand(NamedTuple):
    """An input of the operator under test.

    Attributes:
        value: what it holds.
        letter: its element type.
        fed: whether it is an input of the model, else a constant.
        quantization: ``scale`` and ``zero_point`` of a quantized tensor.
    """

    value: Array
    letter: str
    fed: bool = True
    quantization: dict[str, Any] = {}  # noqa: RUF012


class Result(NamedTuple):
    """An output of the operator under test; the empty shape is what converters write when they know nothing."""

    letter: str
    shape: tuple[int, ...] = ()
    quantization: dict[str, Any] = {}  # noqa: RUF012


def kinds(op: Op) -> list[tuple[str, ...]]:
    """The dtype letters of inputs and outputs of every row that an operator declares."""
    return [tuple(re.findall(r"\w+", row.text)) for rule in op.rules for row in rule.types]


def shapes(min_rank: int, max_rank: int, *, empty: bool = True) -> st.SearchStrategy[tuple[int, ...]]:
    """Shapes of small sizes, 1 more often than the rest, rarely 0."""
    sizes = st.sampled_from([0, *[1, 1, 1, 2, 2, 3, 4, 5] * 2][0 if empty else 1 :])
    return st.lists(sizes, min_size=min_rank, max_size=max_rank).map(tuple)


def elements(rng: np.random.Generator, letter: str, shape: Sequence[int]) -> Array:
    """Random elements over the whole range of a type; floats also infinite or NaN."""
    dtype = dtype_from_letter(letter)
    if letter == "str":
        drawn = np.empty(shape, object)
        drawn.ravel()[:] = [rng.bytes(int(size)) for size in rng.integers(0, 6, drawn.size)]
        return drawn
    if letter == "b":
        return rng.integers(0, 2, shape).astype(bool)
    if dtype.numpy.kind in "iu":
        return rng.integers(dtype.qmin, dtype.qmax, shape, dtype.numpy, endpoint=True)
    if letter in ("c64", "c128"):
        part = {"c64": "f32", "c128": "f64"}[letter]
        return np.stack([elements(rng, part, shape), elements(rng, part, shape)], -1).view(dtype.numpy)[..., 0]
    drawn = (rng.standard_normal(shape) * 100).astype(dtype.numpy)
    special = rng.choice(np.array([0.0, -0.0, np.inf, -np.inf, np.nan], dtype.numpy), shape)
    return np.where(rng.random(shape) < 0.1, special, drawn)


def byte_of(letter: str) -> tuple[int, ...]:
    """A last dimension with which rows of a type fill whole bytes: none where they always do."""
    bits = dtype_from_letter(letter).bits
    return (8 // bits,) if 0 < bits < 8 else ()


def integers(values: Sequence[int] | int, letter: str = "i32", *, fed: bool = False) -> Operand:
    """An integer operand, such as axes, sizes or indices: a constant unless said otherwise."""
    return Operand(np.array(values, np.int64).astype(dtype_from_letter(letter).numpy), letter, fed)


def one_op(
    operator: BuiltinOperator, operands: Sequence[Operand], results: Sequence[Result], options: Table | None = None
) -> Case:
    """A case of one operator and one invoke.

    The real runtime's Python face knows no bfloat16: such tensors come in and go out as int16 through BITCAST. It hands
    out int2 but takes none: what would be fed is a constant.
    """
    operands = [operand._replace(fed=operand.fed and operand.letter != "i2") for operand in operands]
    b = ModelBuilder()
    g = b.subgraph("main")
    inputs = []
    for i, operand in enumerate(operands):
        name, value, letter, quantization = f"in{i}", operand.value, operand.letter, operand.quantization
        if not operand.fed:
            inputs.append(g.constant(name, value, letter, **quantization))
        elif letter == "bf16":
            inputs.append(g.tensor(name, value.shape, letter))
            g.operator(BuiltinOperator.BITCAST, [g.input(name, value.shape, "i16")], [inputs[-1]], BitcastOptions())
        else:
            inputs.append(g.input(name, value.shape, letter, **quantization))
    outputs = [
        g.tensor(f"out{i}", result.shape, result.letter, **result.quantization) for i, result in enumerate(results)
    ]
    g.operator(operator, inputs, outputs, options)
    for i, result in enumerate(results):
        if result.letter == "bf16":
            g.operator(
                BuiltinOperator.BITCAST, [outputs[i]], [g.output(f"out{i}", result.shape, "i16")], BitcastOptions()
            )
        else:
            g.mark_output(outputs[i])
    fed = [operand for operand in operands if operand.fed]
    return case(b.build(), *(o.value.view(np.int16) if o.letter == "bf16" else o.value for o in fed))


def fails(subject: Case, message: str) -> None:
    """Assert that the operator is refused in invoke with a message (a pattern) that names it."""
    operator = subject.model.main.operators[0]
    end = rf"Node number 0 \({operator.name}\) failed to invoke"
    with pytest.raises(InvokeError, match=rf"{message}[\s\S]*{end}"):
        evaluate(subject.model, subject.inputs, kernels=False)
