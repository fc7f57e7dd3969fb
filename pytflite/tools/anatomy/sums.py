"""Operators that add, average or choose among elements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.steps import Place, Step, clamp_step, dropped, requantizer_steps
from pytflite.arithmetic.vectors import in_vectors
from pytflite.ops._shared.elementwise import Rescale, RescaledParams
from pytflite.tools.anatomy.parts import Anatomy, Index, Subject, Term, elements, shared
from pytflite.tools.anatomy.products import accumulated, seen

Array = npt.NDArray[Any]

COMBINED: dict[str, Callable[[int, int], int]] = {
    "ADD": lambda a, b: a + b,
    "SUB": lambda a, b: a - b,
    "SQUARED_DIFFERENCE": lambda a, b: (a - b) ** 2,
}


def rescaled(subject: Subject) -> Anatomy:
    """ADD, SUB, SQUARED_DIFFERENCE: both inputs at a common scale."""
    return _combined(subject, subject.node.params)


def rescaled_in_vectors(subject: Subject) -> Anatomy:
    """The same, where elements in vectors are computed otherwise than the rest."""
    p = subject.node.params
    shape = subject.stages["output"].shape
    return _combined(subject, p.vector if in_vectors(shape, p.group, p.run)[subject.at] else p.scalar)


def _combined(subject: Subject, p: RescaledParams) -> Anatomy:
    roles = subject.roles()
    terms: list[Term] = []
    steps: list[Step] = []
    for role, rescale in (("input1", p.input1), ("input2", p.input2)):
        place = shared(subject.at, roles[role].shape)
        code = int(roles[role][place])
        taken = list(_rescale_steps(role, code, rescale, Place(place, roles[role].shape)))
        steps += taken
        terms.append(Term(role, place, code, code + rescale.offset, None, None, int(taken[-1].value)))
    one, two = (int(term.product) for term in terms)
    combined = COMBINED[subject.node.op.name](one, two)
    if subject.node.op.name == "SUB":
        terms[1] = terms[1].negated()
    return Anatomy(tuple(terms), summed=True, accumulator=combined, steps=tuple(steps), epilogue=p.epilogue)


def _rescale_steps(role: str, code: int, rescale: Rescale, place: Place) -> list[Step]:
    left, right = max(rescale.left_shift, 0), max(-rescale.left_shift, 0)
    shifted = (code + rescale.offset) << left >> right
    direction = f"<< {left}" if not right else f">> {right}"
    first = Step(f"{role}: shifted", f"({code} + {rescale.offset}) {direction}", shifted)
    steps = requantizer_steps(rescale.requantizer, shifted, place)
    return [first, *(step._replace(name=f"{role}: {step.name}") for step in steps)]


def shared_shift(subject: Subject) -> Anatomy:
    """ADD, SUB: both inputs times multipliers with one shift."""
    roles, p = subject.roles(), subject.node.params
    terms: list[Term] = []
    factors = (p.input1_offset, p.input1_multiplier), (p.input2_offset, p.input2_multiplier)
    for role, (offset, multiplier) in zip(("input1", "input2"), factors, strict=True):
        place = shared(subject.at, roles[role].shape)
        code = int(roles[role][place])
        terms.append(Term(role, place, code, code + offset, None, multiplier, (code + offset) * multiplier))
    total = sum(int(term.product) for term in terms)
    products = " + ".join(f"{term.value} * {term.weight}" for term in terms)
    requantized = min(max((total + (1 << p.shift >> 1)) >> p.shift, -(1 << 15)), (1 << 15) - 1)
    shifted = requantized + p.output_offset
    steps = (
        Step("accumulator", products, total),
        Step("requantized", f"{total} / 2^{p.shift}, ties upward, in int16", requantized, dropped(total, p.shift)),
        Step("offset added", f"{requantized} + {p.output_offset}", shifted),
        clamp_step(shifted, p.activation_min, p.activation_max),
    )
    return Anatomy(tuple(terms), summed=True, steps=steps)


def pool(subject: Subject) -> Anatomy:
    """AVERAGE_POOL_2D, MAX_POOL_2D: the elements under a window."""
    p, (n, y, x, c) = subject.node.params, subject.at
    image = subject.roles()["input"]
    rows, columns = seen(p.window, y, p.filter_h, 0), seen(p.window, x, p.filter_w, 1)
    inside = [(n, i, j, c) for i in rows for j in columns if 0 <= i < image.shape[1] and 0 <= j < image.shape[2]]
    terms = elements("input", image, inside)
    before = POOLED[subject.node.op.name](terms)
    steps = (*before, clamp_step(int(before[-1].value), int(p.activation_min), int(p.activation_max)))
    outside = p.filter_h * p.filter_w - len(inside)
    summed = subject.node.op.name == "AVERAGE_POOL_2D"
    return Anatomy(terms, summed, outside, steps=steps, window=(tuple(rows), tuple(columns)))


def _averaged(terms: tuple[Term, ...]) -> tuple[Step, ...]:
    total, count = sum(term.code for term in terms), len(terms)
    half = count // 2 if total > 0 else -(count // 2)
    quotient = abs(total + half) // count * (1 if total + half >= 0 else -1)
    exact = f"{total} / {count} is {total / count:g}"
    return (
        Step("accumulator", f"the sum of {count} codes", total),
        Step("average", f"({total} + {half}) / {count}, toward zero", quotient, exact),
    )


def _largest(terms: tuple[Term, ...]) -> tuple[Step, ...]:
    return (Step("largest", f"the largest of {len(terms)} codes", max(term.code for term in terms)),)


POOLED = {"AVERAGE_POOL_2D": _averaged, "MAX_POOL_2D": _largest}


def reduced(subject: Subject) -> Anatomy:
    """MEAN, SUM."""
    input, p = subject.roles()["input"], subject.node.params
    count = max(p.reduction.depth, 1)
    terms = elements("input", input, _places(subject.at, input.shape, p.reduction.axes), p.offset // count)
    return accumulated(terms, {}, None, 0, np.int32)


def _places(at: Index, shape: Index, axes: Sequence[int]) -> list[Index]:
    """The elements of an input of this shape that become one when axes are reduced."""
    rest = iter(at)
    fixed = list(at) if len(at) == len(shape) else [0 if axis in axes else next(rest) for axis in range(len(shape))]
    ranges = [range(size) if axis in axes else [fixed[axis]] for axis, size in enumerate(shape)]
    return list(product(*ranges))


def extreme(subject: Subject) -> Anatomy:
    """REDUCE_MAX, REDUCE_MIN: one of the elements."""
    input, p = subject.roles()["input"], subject.node.params
    terms = elements("input", input, _places(subject.at, input.shape, p.axes))
    word = "largest" if subject.node.op.name == "REDUCE_MAX" else "smallest"
    return Anatomy(terms, steps=(Step("output", f"the {word} of {len(terms)} codes", subject.output()),))


def search(subject: Subject) -> Anatomy:
    """ARG_MAX, ARG_MIN: where along an axis the first of the largest or smallest is."""
    input, axis = subject.roles()["input"], subject.node.params.axis
    places = [(*subject.at[:axis], k, *subject.at[axis:]) for k in range(input.shape[axis])]
    if input.dtype.kind not in "iu":
        return Anatomy(steps=(Step("output", f"searched along axis {axis} of floats", subject.output()),))
    terms = elements("input", input, places)
    best = (max if subject.node.op.name == "ARG_MAX" else min)(term.code for term in terms)
    found = next(k for k, term in enumerate(terms) if term.code == best)
    return Anatomy(terms, steps=(Step("output", f"the first place of {best} along axis {axis}", found),))


def blended(subject: Subject) -> Anatomy:
    """RESIZE_BILINEAR: up to four pixels, weighted by how near they are."""
    input, (rows, columns), (n, y, x, c) = subject.roles()["input"], subject.node.params, subject.at
    places = [
        ((n, int(row[y]), int(column[x]), c), row_weight.reshape(-1)[y] * column_weight.reshape(-1)[x])
        for column, column_weight in ((columns.lower, columns.lower_weight), (columns.upper, columns.upper_weight))
        for row, row_weight in ((rows.lower, rows.lower_weight), (rows.upper, rows.upper_weight))
    ]
    terms = [
        replace(term, product=term.code * weight.item())
        for term, (_, weight) in zip(elements("input", input, [place for place, _ in places]), places, strict=True)
    ]
    sum_of = " + ".join(f"{term.code} * {weight.item():g}" for term, (_, weight) in zip(terms, places, strict=True))
    blend = Step("blended", sum_of, subject.stage("blended"))
    return Anatomy(tuple(terms), True, steps=(blend, Step("output", ROUNDED[subject.node.rule.name], subject.output())))


ROUNDED = {
    "uint8": "plus one half in float32, rounded down",
    "uint8_weights_first": "plus one half in float32, rounded down",
    "integer": "divided by 2^20, ties away from zero",
    "eleven_bits": "divided by 2^22, ties upward",
}
"""How rules of RESIZE_BILINEAR end."""
