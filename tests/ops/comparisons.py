"""Models of one comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from pytflite.flatbuffer.table import Table
from pytflite.model.dtypes import dtype_from_letter
from pytflite.ops._api import Op
from pytflite.schema.enums import BuiltinOperator
from tests.ops.convolutions import refuses
from tests.ops.harness import Case
from tests.ops.operands import Operand, Result, elements, one_op
from tests.ops.pairs import Shape, broadcastable, float_corners, quantizations, scaled
from tests.ops.quantized import RANGES, tie_prone_scale


class Comparison(NamedTuple):
    """A case.

    Attributes:
        kind: letter of the inputs' type, with ``_plain`` where that may be quantized and is not.
        seed: of elements, scales and zero points.
        shapes: of the inputs.
        quantization: of the inputs, in place of a random one.
    """

    kind: str
    seed: int
    shapes: tuple[Shape, Shape] = ((2, 3, 7), (3, 7))
    quantization: Sequence[dict[str, Any]] | None = None


def kinds(op: Op) -> list[str]:
    """One for every rule and type."""
    rows = [(rule, row.text.split()[0]) for rule in op.rules for row in rule.types]
    return sorted(letter if rule.when is None else f"{letter}_plain" for rule, letter in rows)


@st.composite
def comparisons(draw: st.DrawFn, kinds: Sequence[str]) -> Comparison:
    return Comparison(draw(st.sampled_from(kinds)), draw(st.integers(0, 2**32)), draw(broadcastable()))


def make(operator: BuiltinOperator, case: Comparison, options: Table) -> Case:
    """The model and its inputs; both inputs are from a narrow range, so that many elements are equal.

    The real runtime's Python face garbles scalar strings, so these are constants.
    """
    rng = np.random.default_rng(case.seed)
    letter, _, plain = case.kind.partition("_")
    quantization = case.quantization
    if quantization is None and letter in RANGES and not plain:
        scales = tie_prone_scale(rng, 1e-3, 2) * np.array([1.0, rng.choice([1.0, 0.5, rng.uniform(0.1, 10)])])
        quantization = quantizations(rng, [letter] * 2, np.where(np.abs(scales - 1) < 0.5, 0.5, scales))
    inputs = []
    for shape, parameters in zip(case.shapes, quantization or [{}, {}], strict=True):
        value = elements(rng, letter, shape)
        if value.dtype.kind in "iu" and letter != "bf16":
            low = max(dtype_from_letter(letter).qmin, int(parameters.get("zero_point", 0)) - 3)
            value = np.where(rng.random(shape) < 0.5, rng.integers(low, low + 4, shape), value).astype(value.dtype)
        inputs.append(Operand(value, letter, letter != "str" or shape != (), parameters))
    return one_op(operator, inputs, [Result("b")], options)


def corners(operator: BuiltinOperator, letter: str, options: Table) -> Case:
    """Every pair of zeros of both signs, infinities, NaN and a number."""
    values = float_corners(letter)
    inputs = [Operand(values.reshape(shape), letter) for shape in ((-1, 1), (1, -1))]
    return one_op(operator, inputs, [Result("b")], options)


def refuse(comparison: Callable[[Comparison], Case]) -> None:
    """Assert what every comparison refuses."""
    refuses(comparison(Comparison("f32", 0, ((4, 3), (2, 3)))), r"Given shapes, \[4, 3\], \[2, 3\], are not broad")
    refuses(comparison(Comparison("f64", 0)), "f64 f64 -> b is not supported")
    refuses(comparison(Comparison("i8", 0, quantization=[{}, {}])), "input1 .* has no quantization scale")
    for scale in (1, 0, 1 << 15):
        message = "The scale of input2 .* must be above 0, below 32768 and not 1"
        refuses(comparison(Comparison("i8", 0, quantization=scaled(0.5, scale))), message)
