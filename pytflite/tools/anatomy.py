"""What one output element is made of: receptive field, terms, and the steps before the accumulator.

One function for each family of operators; `FAMILIES` says which serves which operator, and what its params must be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.steps import Place, Step, clamp_step, requantizer_steps
from pytflite.arithmetic.tables import CodeTable
from pytflite.ops._api import group
from pytflite.ops._shared.convolutions import ConvParams
from pytflite.ops._shared.elementwise import Rescale, RescaledParams
from pytflite.ops._shared.pooling import PoolParams
from pytflite.ops._shared.reduction import QuantizedReduction
from pytflite.ops._shared.windows import Window
from pytflite.ops.batch_matmul import BatchMatMulParams
from pytflite.ops.fully_connected import FullyConnectedParams
from pytflite.ops.leaky_relu import LeakyReluParams
from pytflite.ops.mul import MulParams
from pytflite.ops.quantize import RequantizeParams
from pytflite.plan.node import PreparedNode

Array = npt.NDArray[Any]
Index = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """One element that an output element sees, and what it adds.

    Attributes:
        role: of the input that it is of.
        at: index of the element.
        code: the element.
        value: the element without its zero point.
        weight_at: index of the weight, None where there is none.
        weight: the weight without its zero point, None where there is none.
        product: what is added to the accumulator.
    """

    role: str
    at: Index
    code: int
    value: int
    weight_at: Index | None
    weight: int | None
    product: int


@dataclass(frozen=True, slots=True)
class Anatomy:
    """What an output element is made of.

    Attributes:
        terms: in the order in which the definition sums.
        outside: taps that fall outside of the image.
        zero_points: the sum of products of codes and what zero points add to it, by name; they add up to the products.
        bias: None where there is none.
        accumulator: what terms and bias add up to, None where they are not simply added.
        steps: from the terms to the accumulator, where that takes more than adding; or to the output.
        window: rows and columns of the image under the window, those outside included; empty without a window.
    """

    terms: tuple[Term, ...] = ()
    outside: int = 0
    zero_points: dict[str, int] = field(default_factory=dict)
    bias: int | None = None
    accumulator: int | None = None
    steps: tuple[Step, ...] = ()
    window: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())


class Subject(NamedTuple):
    """What a family is asked about.

    Attributes:
        node: the operator.
        inputs: its input arrays.
        stages: of its definition.
        at: index of the output element.
    """

    node: PreparedNode
    inputs: Sequence[Array | None]
    stages: dict[str, Array]
    at: Index

    def roles(self) -> dict[str, Any]:
        """Input arrays by role."""
        roles = self.node.op.input_roles
        return {role.name: value for role, value in zip(roles, group(roles, self.inputs), strict=True)}

    def output(self) -> int:
        """The output element."""
        return int(at(self.stages[self.node.op.output_roles[0].name], self.at))


def at(stage: Array, index: Index) -> Any:
    """The element of a stage that belongs to an output element: where a size is 1, it is shared."""
    kept = index[len(index) - stage.ndim :]
    return stage[tuple(0 if size == 1 else i for i, size in zip(kept, stage.shape, strict=True))].item()


def anatomy(subject: Subject) -> Anatomy:
    """What an output element is made of, as far as its operator's family is known."""
    family, params = FAMILIES.get(subject.node.op.name, (None, object))
    if family is not None and isinstance(subject.node.params, params):
        return family(subject)
    return _origin(subject) or _elementwise(subject)


# -------------------------------------------------------------------------------------------------------- products


def _products(
    values: Array, value_at: Sequence[Index], weights: Array, weight_at: Sequence[Index], offsets: tuple[int, int]
) -> tuple[tuple[Term, ...], dict[str, int]]:
    """Terms and folded zero points from codes and weights, element by element."""
    input_offset, weight_offset = offsets
    codes = [int(values[i]) for i in value_at]
    coefficients = [int(weights[i]) for i in weight_at]
    terms = tuple(
        Term(
            "input",
            i,
            code,
            code + input_offset,
            j,
            coefficient + weight_offset,
            (code + input_offset) * (coefficient + weight_offset),
        )
        for i, code, j, coefficient in zip(value_at, codes, weight_at, coefficients, strict=True)
    )
    folded = {"codes times weights": sum(c * w for c, w in zip(codes, coefficients, strict=True))}
    if input_offset:
        folded[f"input offset {input_offset} times the weights"] = input_offset * sum(coefficients)
    if weight_offset:
        folded[f"weight offset {weight_offset} times the codes"] = weight_offset * sum(codes)
        folded["both offsets, as often as there are terms"] = input_offset * weight_offset * len(codes)
    return terms, folded


def _accumulated(
    terms: tuple[Term, ...], folded: dict[str, int], bias: Array | None, channel: int, dtype: Any, **more: Any
) -> Anatomy:
    added = None if bias is None else int(bias.reshape(-1)[channel])
    total = sum(term.product for term in terms) + (added or 0)
    bits = 8 * np.dtype(dtype).itemsize
    wrapped = (total + (1 << (bits - 1))) % (1 << bits) - (1 << (bits - 1))
    return Anatomy(terms, zero_points=folded, bias=added, accumulator=wrapped, **more)


def _seen(window: Window, position: int, taps: int, axis: int) -> list[int]:
    """The pixels under the taps of a window along its height (0) or width (1)."""
    stride, dilation, pad = (pair[axis] for pair in (window[0:2], window[2:4], window[4:6]))
    return [position * stride + tap * dilation - pad for tap in range(taps)]


def _spreading(window: Window, pixel: int, taps: int, axis: int) -> list[int]:
    """The input pixels whose taps fall on a pixel of the output, -1 for taps that none brings there."""
    stride, dilation, pad = (pair[axis] for pair in (window[0:2], window[2:4], window[4:6]))
    reached = [pixel + pad - tap * dilation for tap in range(taps)]
    return [place // stride if place % stride == 0 else -1 for place in reached]


def _convolution(subject: Subject) -> Anatomy:
    """CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV."""
    roles, p, name = subject.roles(), subject.node.params, subject.node.op.name
    image, filter, (n, y, x, c) = roles["input"], roles["filter"], subject.at
    _, filter_h, filter_w, depth = filter.shape
    reach = _spreading if name == "TRANSPOSE_CONV" else _seen
    rows, columns = reach(p.window, y, filter_h, 0), reach(p.window, x, filter_w, 1)
    if name == "DEPTHWISE_CONV_2D":
        channels = [(c // (depth // image.shape[3]), 0, c)]
    else:
        first = c // (filter.shape[0] // (image.shape[3] // depth)) * depth
        channels = [(first + k, c, k) for k in range(depth)]
    taps = [
        (i, j, row, column)
        for i, row in enumerate(rows)
        for j, column in enumerate(columns)
        if 0 <= row < image.shape[1] and 0 <= column < image.shape[2]
    ]
    terms, folded = _products(
        image,
        [(n, row, column, channel) for _, _, row, column in taps for channel, _, _ in channels],
        filter,
        [(o, i, j, k) for i, j, _, _ in taps for _, o, k in channels],
        (int(p.input_offset), int(p.filter_offset)),
    )
    return _accumulated(
        terms,
        folded,
        roles["bias"],
        c,
        p.zero.dtype,
        outside=filter_h * filter_w - len(taps),
        window=(tuple(rows), tuple(columns)),
    )


def _connected(subject: Subject) -> Anatomy:
    """FULLY_CONNECTED."""
    roles, p = subject.roles(), subject.node.params
    input, filter, unit = roles["input"], roles["filter"], subject.at[-1]
    depth = filter.shape[1]
    row = int(np.ravel_multi_index(subject.at, p.shape)) // p.shape[-1]
    places = [_unflat(row * depth + k, input.shape) for k in range(depth)]
    offsets = int(p.input_offset), int(p.filter_offset)
    terms, folded = _products(input, places, filter, [(unit, k) for k in range(depth)], offsets)
    return _accumulated(terms, folded, roles["bias"], unit, p.zero.dtype)


def _matmul(subject: Subject) -> Anatomy:
    """BATCH_MATMUL."""
    roles, p = subject.roles(), subject.node.params
    lhs, rhs, (*batch, row, column) = roles["lhs"], roles["rhs"], subject.at
    depth = lhs.shape[-2 if p.adjoint.x else -1]

    def places(matrix: Array, pair: Callable[[int], Index]) -> list[Index]:
        own = batch[len(batch) - (matrix.ndim - 2) :]
        kept = tuple(0 if size == 1 else i for i, size in zip(own, matrix.shape, strict=False))
        return [(*kept, *pair(k)) for k in range(depth)]

    terms, folded = _products(
        lhs,
        places(lhs, lambda k: (k, row) if p.adjoint.x else (row, k)),
        rhs,
        places(rhs, lambda k: (column, k) if p.adjoint.y else (k, column)),
        (int(p.lhs_offset), int(p.rhs_offset)),
    )
    return _accumulated(terms, folded, None, 0, p.lhs_offset.dtype)


def _product(subject: Subject) -> Anatomy:
    """MUL."""
    roles, p = subject.roles(), subject.node.params
    places = [_shared(subject.at, roles[role].shape) for role in ("input1", "input2")]
    offsets = p.input1_offset, p.input2_offset
    terms, folded = _products(roles["input1"], places[:1], roles["input2"], places[1:], offsets)
    return _accumulated(terms, folded, None, 0, np.int64)


# ------------------------------------------------------------------------------------------------------------ sums


def _rescaled(subject: Subject) -> Anatomy:
    """ADD, SUB: both inputs at a common scale."""
    roles, p = subject.roles(), subject.node.params
    sign = -1 if subject.node.op.name == "SUB" else 1
    terms: list[Term] = []
    steps: list[Step] = []
    for role, rescale, factor in (("input1", p.input1, 1), ("input2", p.input2, sign)):
        place = _shared(subject.at, roles[role].shape)
        code = int(roles[role][place])
        taken = list(_rescale_steps(role, code, rescale, Place(place, roles[role].shape)))
        steps += taken
        terms.append(Term(role, place, code, code + rescale.offset, None, None, factor * int(taken[-1].value)))
    total = sum(term.product for term in terms)
    return Anatomy(tuple(terms), accumulator=total, steps=tuple(steps))


def _rescale_steps(role: str, code: int, rescale: Rescale, place: Place) -> list[Step]:
    shifted = (code + rescale.offset) << rescale.left_shift
    first = Step(f"{role}: shifted", f"({code} + {rescale.offset}) << {rescale.left_shift}", shifted)
    steps = requantizer_steps(rescale.requantizer, shifted, place)
    return [first, *(step._replace(name=f"{role}: {step.name}") for step in steps)]


def _elements(role: str, array: Array, places: Sequence[Index], offset: int = 0) -> tuple[Term, ...]:
    codes = [int(array[place]) for place in places]
    return tuple(
        Term(role, place, code, code + offset, None, None, code + offset)
        for place, code in zip(places, codes, strict=True)
    )


def _pool(subject: Subject) -> Anatomy:
    """AVERAGE_POOL_2D, MAX_POOL_2D: the elements under a window."""
    p, (n, y, x, c) = subject.node.params, subject.at
    image = subject.roles()["input"]
    rows, columns = _seen(p.window, y, p.filter_h, 0), _seen(p.window, x, p.filter_w, 1)
    inside = [(n, i, j, c) for i in rows for j in columns if 0 <= i < image.shape[1] and 0 <= j < image.shape[2]]
    terms = _elements("input", image, inside)
    before = POOLED[subject.node.op.name](terms)
    steps = (*before, clamp_step(int(before[-1].value), int(p.activation_min), int(p.activation_max)))
    outside = p.filter_h * p.filter_w - len(inside)
    return Anatomy(terms, outside=outside, steps=steps, window=(tuple(rows), tuple(columns)))


def _averaged(terms: tuple[Term, ...]) -> tuple[Step, ...]:
    total, count = sum(term.code for term in terms), len(terms)
    half = count // 2 if total > 0 else -(count // 2)
    quotient = abs(total + half) // count * (1 if total + half >= 0 else -1)
    return (
        Step("accumulator", f"the sum of {count} codes", total),
        Step(
            "average", f"({total} + {half}) / {count}, toward zero", quotient, f"{total} / {count} is {total / count:g}"
        ),
    )


def _largest(terms: tuple[Term, ...]) -> tuple[Step, ...]:
    return (Step("largest", f"the largest of {len(terms)} codes", max(term.code for term in terms)),)


POOLED = {"AVERAGE_POOL_2D": _averaged, "MAX_POOL_2D": _largest}


def _reduced(subject: Subject) -> Anatomy:
    """MEAN, SUM."""
    input, p = subject.roles()["input"], subject.node.params
    axes = p.reduction.axes
    if len(subject.at) == input.ndim:
        fixed = list(subject.at)
    else:
        rest = iter(subject.at)
        fixed = [0 if axis in axes else next(rest) for axis in range(input.ndim)]
    ranges = [range(size) if axis in axes else [fixed[axis]] for axis, size in enumerate(input.shape)]
    places = [
        tuple(map(int, place)) for place in np.stack(np.meshgrid(*ranges, indexing="ij"), -1).reshape(-1, input.ndim)
    ]
    count = max(p.reduction.depth, 1)
    terms = _elements("input", input, places, p.offset // count)
    return _accumulated(terms, {}, None, 0, np.int32)


# ---------------------------------------------------------------------------------------------- element by element


def _lookup(subject: Subject) -> Anatomy:
    """Functions of 8-bit codes by table."""
    input, p = subject.roles()["input"], subject.node.params
    code = int(input[subject.at])
    byte = code & 0xFF
    steps = (
        Step("dequantized", f"what code {code} stands for, in float32", float(p.dequantized[byte])),
        Step("function", f"of {float(p.dequantized[byte])!r}, in float32", float(p.function[byte])),
        Step("output", f"rounded to a code: table entry {byte}", int(p.table[byte])),
    )
    return Anatomy(_elements("input", input, [subject.at]), steps=steps)


def _requantized(subject: Subject) -> Anatomy:
    """QUANTIZE of codes."""
    input, p = subject.roles()["input"], subject.node.params
    terms = _elements("input", input, [subject.at], p.input_offset)
    return Anatomy(terms, accumulator=terms[0].value)


def _leaky(subject: Subject) -> Anatomy:
    """LEAKY_RELU: one multiplier for each side of zero."""
    input, p = subject.roles()["input"], subject.node.params
    (term,) = terms = _elements("input", input, [subject.at], p.input_offset)
    positive = term.value >= 0
    scaled = list(requantizer_steps(p.identity if positive else p.alpha, term.value, Place(subject.at, input.shape)))
    signed = int(scaled[-1].value) * (1 if positive else p.sign)
    steps = (
        Step("accumulator", f"{term.code} + {p.input_offset}", term.value, "" if positive else "negative: times alpha"),
        *scaled,
        Step("offset added", f"{signed} + {p.output_offset}", signed + p.output_offset),
        clamp_step(signed + p.output_offset, p.qmin, p.qmax),
    )
    return Anatomy(terms, steps=steps)


def _row(subject: Subject) -> Anatomy:
    """SOFTMAX and its kind: the element among all of its row; the steps are the definition's own stages."""
    input = subject.roles()["input"]
    row = [(*subject.at[:-1], k) for k in range(input.shape[-1])]
    return Anatomy(_elements("input", input, row), steps=stage_steps(subject))


def _elementwise(subject: Subject) -> Anatomy:
    """Any operator: the elements of the same place where shapes allow that, and the definition's own stages."""
    output = subject.stages[subject.node.op.output_roles[0].name].shape
    terms: list[Term] = []
    for role, array in subject.roles().items():
        if isinstance(array, np.ndarray) and array.dtype.kind in "iu" and broadcasts(array.shape, output):
            terms += _elements(role, array, [_shared(subject.at, array.shape)])
    return Anatomy(tuple(terms), steps=stage_steps(subject))


def stage_steps(subject: Subject) -> tuple[Step, ...]:
    """The definition's own stages at the element, the output last."""
    role = subject.node.op.output_roles[0].name
    output = subject.stages[role].shape
    stages = {name: stage for name, stage in subject.stages.items() if broadcasts(stage.shape, output)}
    names = [*(name for name in stages if name != role), role]
    return tuple(Step(name, "stage of the definition", at(stages[name], subject.at)) for name in names)


MOVED = ("input", "inputs", "values", "params", "constant_values", "value")
"""Roles whose elements operators move around unchanged."""


def _origin(subject: Subject) -> Anatomy | None:
    """Where an element came from, if the operator only moves elements: its definition moves numbered ones likewise."""
    node, first = subject.node, 1 << 40
    if node.op.name not in MOVEMENT:
        return None
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
            terms = _elements(role, array, [_unflat(number - start, array.shape)])
            step = Step("output", f"moved from {role}{list(terms[0].at)}", terms[0].code)
            return Anatomy(terms, steps=(step,)) if terms[0].code == subject.output() else None
    return Anatomy(steps=(Step("output", "no element of an input: padding", subject.output()),))


def _unflat(number: int, shape: Index) -> Index:
    return tuple(int(i) for i in np.unravel_index(number, shape))


def broadcasts(shape: Index, to: Index) -> bool:
    """Whether an array of one shape has an element, maybe a shared one, for each of another."""
    return len(shape) <= len(to) and all(a in (1, b) for a, b in zip(shape, to[len(to) - len(shape) :], strict=True))


def _shared(index: Index, shape: Index) -> Index:
    """The element of a tensor of a shape that is broadcast to where an index points."""
    kept = index[len(index) - len(shape) :]
    return tuple(0 if size == 1 else i for i, size in zip(kept, shape, strict=True))


MOVEMENT = {
    *("RESHAPE", "SQUEEZE", "EXPAND_DIMS", "TRANSPOSE", "PAD", "PADV2", "MIRROR_PAD", "CONCATENATION", "PACK", "SLICE"),
    *("STRIDED_SLICE", "GATHER", "GATHER_ND", "TILE", "REVERSE_V2", "BROADCAST_TO", "RESIZE_NEAREST_NEIGHBOR"),
    *("SPACE_TO_DEPTH", "DEPTH_TO_SPACE", "SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND"),
}
"""Operators whose first output holds nothing but elements of their inputs, and padding."""

Family = Callable[[Subject], Anatomy]
FAMILIES: dict[str, tuple[Family, type[Any]]] = {
    "CONV_2D": (_convolution, ConvParams),
    "DEPTHWISE_CONV_2D": (_convolution, ConvParams),
    "TRANSPOSE_CONV": (_convolution, ConvParams),
    "FULLY_CONNECTED": (_connected, FullyConnectedParams),
    "BATCH_MATMUL": (_matmul, BatchMatMulParams),
    "MUL": (_product, MulParams),
    "ADD": (_rescaled, RescaledParams),
    "SUB": (_rescaled, RescaledParams),
    "AVERAGE_POOL_2D": (_pool, PoolParams),
    "MAX_POOL_2D": (_pool, PoolParams),
    "MEAN": (_reduced, QuantizedReduction),
    "SUM": (_reduced, QuantizedReduction),
    "SOFTMAX": (_row, object),
    "LOG_SOFTMAX": (_row, object),
    "L2_NORMALIZATION": (_row, object),
    "QUANTIZE": (_requantized, RequantizeParams),
    "LEAKY_RELU": (_leaky, LeakyReluParams),
    "LOGISTIC": (_lookup, CodeTable),
    "TANH": (_lookup, CodeTable),
    "ELU": (_lookup, CodeTable),
    "EXP": (_lookup, CodeTable),
    "GELU": (_lookup, CodeTable),
}
