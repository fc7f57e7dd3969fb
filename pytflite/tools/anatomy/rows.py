"""Operators that see all of a row: SOFTMAX, LOG_SOFTMAX, L2_NORMALIZATION."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic import gemmlowp
from pytflite.arithmetic.fixed_point import rounding_divide_by_pot
from pytflite.arithmetic.inverse_sqrt import inverse_sqrt
from pytflite.arithmetic.steps import Place, Step, clamp_step, dropped, requantizer_steps
from pytflite.ops._shared.softmax import SUM_BITS
from pytflite.tools.anatomy.parts import Anatomy, Subject, Term, elements, stage_steps

Array = npt.NDArray[Any]


def row(subject: Subject, offset: int = 0) -> Anatomy:
    """The element among all of its row; the steps are the definition's own stages."""
    return Anatomy(_row(subject, offset), steps=stage_steps(subject))


def _row(subject: Subject, offset: int = 0) -> tuple[Term, ...]:
    input = subject.roles()["input"]
    return elements("input", input, [(*subject.at[:-1], k) for k in range(input.shape[-1])], offset)


def _adding(subject: Subject, products: Array) -> tuple[Term, ...]:
    """The elements of the row with what each adds to its sum."""
    return tuple(replace(term, product=product.item()) for term, product in zip(_row(subject), products, strict=True))


def _difference(subject: Subject, terms: tuple[Term, ...]) -> tuple[Step, Step]:
    largest, code = max(term.code for term in terms), terms[subject.at[-1]].code
    return (
        Step("largest", f"the largest of {len(terms)} codes", largest),
        Step("difference", f"{code} - {largest}", code - largest),
    )


def softmax(subject: Subject) -> Anatomy:
    """SOFTMAX of 8-bit codes, in fixed point."""
    exps, out = subject.stages["exps"][subject.at[:-1]], np.iinfo(subject.node.params.dtype)
    terms = _adding(subject, rounding_divide_by_pot(exps, SUM_BITS))
    largest, difference = _difference(subject, terms)
    exp, total = int(subject.stage("exps")), int(subject.stage("sum"))
    reciprocal, bits_over_unit = (int(part) for part in gemmlowp.reciprocal(total, SUM_BITS))
    high, shift = int(gemmlowp.multiply(reciprocal, exp)), bits_over_unit + 31 - out.bits
    scaled = int(rounding_divide_by_pot(high, shift))
    steps = (
        largest,
        difference,
        Step("exp", f"of beta * scale * {difference.value}, in 1/2^31", exp, f"stands for {exp / 2**31:.7g}"),
        Step("sum", f"of exps / 2^{SUM_BITS} over the row", total, f"stands for {total / 2**19:.7g}"),
        Step("reciprocal", f"of {total}, in 1/2^31", reciprocal, f"times 2^-{bits_over_unit}"),
        Step("high product", f"({reciprocal} * {exp} + 2^30) >> 31", high),
        Step("requantized", f"{high} / 2^{shift}, ties away from zero", scaled, dropped(high, shift)),
        Step("offset added", f"{scaled} + {out.min}", scaled + int(out.min)),
        clamp_step(scaled + int(out.min), int(out.min), int(out.max)),
    )
    return Anatomy(terms, True, steps=steps)


def softmax_table(subject: Subject) -> Anatomy:
    """SOFTMAX of 8-bit codes, with a float32 table of exps."""
    p, terms = subject.node.params, _adding(subject, subject.stages["exps"][subject.at[:-1]])
    largest, difference = _difference(subject, terms)
    exp, total, scaled = (subject.stage(name) for name in ("exps", "sum", "scaled"))
    steps = (
        largest,
        difference,
        Step("exp", f"table entry {-int(difference.value)}, a float32", exp),
        Step("sum", "of exps over the row, in float32", total),
        Step("scaled", f"{exp!r} / ({total!r} * {float(p.scale)!r}), in float32", scaled),
        Step("output", f"rounded, {p.zero_point} added, clamped", subject.output()),
    )
    return Anatomy(terms, True, steps=steps)


def softmax_16(subject: Subject) -> Anatomy:
    """SOFTMAX of int16 codes: exp and reciprocal from tables."""
    p, terms = subject.node.params, _adding(subject, subject.stages["exps"][subject.at[:-1]])
    largest, difference = _difference(subject, terms)
    exp, total, reciprocal = (int(subject.stage(name)) for name in ("exps", "sum", "reciprocal"))
    shift = 31 - int(gemmlowp.leading_zeros(total))
    product = exp * reciprocal
    place = Place(subject.at, subject.stages["output"].shape)
    value = (product + (1 << (shift - 1))) >> shift
    steps = (
        largest,
        difference,
        *requantizer_steps(p.requantizer, int(difference.value), place),
        Step("exp", "between two entries of the table of exps", exp, f"stands for {exp / 32767.5:.7g}"),
        Step("sum", "of exps over the row", total),
        Step("reciprocal", "between two entries of the table of reciprocals", reciprocal),
        Step("requantized", f"{exp} * {reciprocal} / 2^{shift}, ties upward", value, dropped(product, shift)),
        clamp_step(value, 0, 32767),
    )
    return Anatomy(terms, True, steps=steps)


def normalized(subject: Subject) -> Anatomy:
    """L2_NORMALIZATION: times the inverse length of the row."""
    p = subject.node.params
    terms = tuple(replace(term, product=term.value**2) for term in _row(subject, p.input_offset))
    squares, value = int(subject.stage("squares")), int(subject.stage("normalized"))
    multiplier, exponent = (int(part) for part in inverse_sqrt(squares))
    shifted = value + p.output_offset
    steps = (
        Step("squares", f"the sum of {len(terms)} squares", squares),
        Step("multiplier", f"of 1 / sqrt({squares}), times 2^({exponent} - 31)", multiplier),
        Step("normalized", f"{terms[subject.at[-1]].value} times that, in 1/128", value),
        Step("offset added", f"{value} + {p.output_offset}", shifted),
        clamp_step(shifted, p.qmin, p.qmax),
    )
    return Anatomy(terms, True, steps=steps)
