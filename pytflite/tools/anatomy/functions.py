"""Functions of single elements, or of two that belong to each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.rounding import divide_toward_zero
from pytflite.arithmetic.steps import Place, Step, clamp_step, requantizer_steps
from pytflite.ops.hard_swish import HardSwishParams, reluish, shift_right
from pytflite.tools.anatomy.parts import Anatomy, Subject, broadcasts, elements, shared, stage_steps

Array = npt.NDArray[Any]


def lookup(subject: Subject) -> Anatomy:
    """Functions of 8-bit codes by table."""
    input, p = subject.roles()["input"], subject.node.params
    code = int(input[subject.at])
    byte = code & 0xFF
    steps = (
        Step("dequantized", f"what code {code} stands for, in float32", float(p.dequantized[byte])),
        Step("function", f"of {float(p.dequantized[byte])!r}, in float32", float(p.function[byte])),
        Step("output", f"rounded to a code: table entry {byte}", int(p.table[byte])),
    )
    return Anatomy(elements("input", input, [subject.at]), steps=steps)


def interpolated(subject: Subject) -> Anatomy:
    """Functions of int16 codes between the entries of a table."""
    input, table = subject.roles()["input"], subject.node.params
    code = int(input[subject.at])
    segment, offset = 256 + (code >> 7), code & 127
    start, end = int(table[segment]), int(table[segment + 1])
    steps = (
        Step("entry", f"of the table, for codes from {(segment - 256) * 128}", start),
        Step("slope", f"to the next entry, {end}", end - start),
        Step("output", f"{start} + ({end - start} * {offset} + 64 >> 7)", start + ((end - start) * offset + 64 >> 7)),
    )
    return Anatomy(elements("input", input, [subject.at]), steps=steps)


def sigmoid_16(subject: Subject) -> Anatomy:
    """LOGISTIC, TANH of int16 codes: the table of the sigmoid, with an entry every 1/24."""
    input, p = subject.roles()["input"], subject.node.params
    code, argument = int(input[subject.at]), int(subject.stage("rescaled"))
    steps = (
        Step(
            "rescaled", f"({code} * {p.multiplier}) >> {p.shift}, rounded", argument, f"stands for {argument / 12288:g}"
        ),
        Step("output", "between two entries of the table of the sigmoid", subject.output()),
    )
    return Anatomy(elements("input", input, [subject.at]), steps=steps)


def sigmoid_8(subject: Subject) -> Anatomy:
    """LOGISTIC, TANH of int8 codes in fixed point."""
    input, p = subject.roles()["input"], subject.node.params
    (term,) = terms = elements("input", input, [subject.at], p.input_offset)
    inside = min(max(term.value, -p.radius), p.radius)
    note = "" if inside == term.value else f"clamped to {inside}, beyond which the function is flat"
    steps = (
        Step("accumulator", f"{term.code} + {p.input_offset}", term.value, note),
        *requantizer_steps(p.requantizer, inside, Place(subject.at, input.shape)),
        Step("output", "the function in fixed point, rounded to a code", subject.output()),
    )
    return Anatomy(terms, steps=steps)


def requantized(subject: Subject) -> Anatomy:
    """QUANTIZE of codes, RELU and its kind: the input without its zero point goes through the epilogue."""
    input, p = subject.roles()["input"], subject.node.params
    terms = elements("input", input, [subject.at], p.input_offset)
    return Anatomy(terms, accumulator=abs(terms[0].value) if subject.node.op.name == "ABS" else terms[0].value)


def quantized(subject: Subject) -> Anatomy:
    """QUANTIZE of floats."""
    p = subject.node.params
    real, scaled, rounded = (subject.roles()["input"][subject.at], subject.stage("scaled"), subject.stage("rounded"))
    shape = subject.stages["output"].shape
    scale, zero_point = (np.broadcast_to(field, shape)[subject.at].item() for field in p.affine)
    shifted = int(rounded) + zero_point
    steps = (
        Step("scaled", f"{float(real)!r} over the scale {scale!r}", scaled),
        Step("rounded", f"round({scaled!r})", int(rounded), "a tie" if abs(scaled) % 1 == 0.5 else ""),
        Step("offset added", f"{int(rounded)} + {zero_point}", shifted),
        clamp_step(shifted, p.qmin, p.qmax),
    )
    return Anatomy(steps=steps)


def leaky(subject: Subject) -> Anatomy:
    """LEAKY_RELU: one multiplier for each side of zero."""
    input, p = subject.roles()["input"], subject.node.params
    (term,) = terms = elements("input", input, [subject.at], p.input_offset)
    positive = term.value >= 0
    scaled = list(requantizer_steps(p.identity if positive else p.alpha, term.value, Place(subject.at, input.shape)))
    signed = int(scaled[-1].value) * (1 if positive else p.sign)
    if signed != scaled[-1].value:
        scaled = [*scaled[:-1], scaled[-1]._replace(name="magnitude"), Step("requantized", "negated", signed)]
    steps = (
        Step("accumulator", f"{term.code} + {p.input_offset}", term.value, "" if positive else "negative: times alpha"),
        *scaled,
        Step("offset added", f"{signed} + {p.output_offset}", signed + p.output_offset),
        clamp_step(signed + p.output_offset, p.qmin, p.qmax),
    )
    return Anatomy(terms, steps=steps)


def prelu(subject: Subject) -> Anatomy:
    """PRELU: numbers below zero are multiplied by alpha and have a multiplier of their own."""
    roles, p, place = subject.roles(), subject.node.params, Place(subject.at, subject.stages["output"].shape)
    (term,) = elements("input", roles["input"], [subject.at], p.input_offset)
    (alpha,) = elements("alpha", roles["alpha"], [shared(subject.at, roles["alpha"].shape)], p.alpha_offset)
    if term.value >= 0:
        first = Step("accumulator", f"{term.code} + {p.input_offset}", term.value)
        scaled = list(requantizer_steps(p.identity, term.value, place))
    else:
        product = term.value * alpha.value
        first = Step("accumulator", f"{term.value} * {alpha.value}", product, "negative: times alpha")
        scaled = list(requantizer_steps(p.product, product, place))
    shifted = int(scaled[-1].value) + p.output_offset
    offset = Step("offset added", f"{scaled[-1].value} + {p.output_offset}", shifted)
    return Anatomy((term, alpha), steps=(first, *scaled, offset, clamp_step(shifted, p.qmin, p.qmax)))


def hard_swish(subject: Subject) -> Anatomy:
    """HARD_SWISH: the input at the output's scale, times a factor in [0, 1]."""
    input, p = subject.roles()["input"], subject.node.params
    assert isinstance(p, HardSwishParams)
    (term,) = terms = elements("input", input, [subject.at], p.input_offset)
    raised, unshifted, factor = term.value << 7, int(subject.stage("unshifted")), int(subject.stage("factor"))
    saturated = int(reluish(np.array(raised), p))
    product = int(divide_toward_zero(unshifted * factor, 1 << 15))
    scaled = int(shift_right(np.array(product), -p.output_shift))
    steps = (
        Step("raised", f"({term.code} + {p.input_offset}) << 7", raised),
        Step("unshifted", f"high half of 2 * {raised} * {p.output_multiplier}, in int16", unshifted),
        Step("reluish", f"{raised} in units of 3/32768, saturated", saturated),
        Step("factor", f"({saturated} + 32768) >> 1", factor, f"stands for {factor / 32768:g}"),
        Step("product", f"{unshifted} * {factor} / 2^15, toward zero", product),
        Step("requantized", f"{product} / 2^{-p.output_shift}, ties away from zero", scaled),
        Step("offset added", f"{scaled} + {p.output_offset}", scaled + p.output_offset),
        clamp_step(scaled + p.output_offset, p.qmin, p.qmax),
    )
    return Anatomy(terms, steps=steps)


def written(subject: Subject) -> Anatomy:
    """Operators of plain integers, or that compare codes: what a formula says."""
    pairs = list(subject.roles().items())[:2]
    terms = [elements(role, array, [shared(subject.at, array.shape)])[0] for role, array in pairs]
    formula = WRITTEN[subject.node.op.name].format(*(term.code for term in terms))
    before = tuple(step._replace(formula=formula) for step in stage_steps(subject)[:-1])
    output = Step("output", "clamped" if before else formula, subject.output())
    return Anatomy(tuple(terms), steps=(*before, output))


WRITTEN = {
    "ADD": "{} + {}",
    "SUB": "{} - {}",
    "MUL": "{} * {}",
    "DIV": "{} / {}, toward zero",
    "FLOOR_DIV": "{} / {}, rounded down",
    "FLOOR_MOD": "{} modulo {}",
    "POW": "{} to the power of {}",
    "MAXIMUM": "the larger of {} and {}",
    "MINIMUM": "the smaller of {} and {}",
    "SQUARED_DIFFERENCE": "({} - {}) squared",
    "BITWISE_XOR": "{} xor {}",
    "RIGHT_SHIFT": "{} >> {}",
}
"""What operators of two integers do."""


def elementwise(subject: Subject) -> Anatomy:
    """Any operator: the elements of the same place where shapes allow that, and the definition's own stages."""
    output = subject.stages[subject.node.op.output_roles[0].name].shape
    terms = [
        term
        for role, array in subject.roles().items()
        if isinstance(array, np.ndarray) and array.dtype.kind in "iu" and broadcasts(array.shape, output)
        for term in elements(role, array, [shared(subject.at, array.shape)])
    ]
    return Anatomy(tuple(terms), steps=stage_steps(subject))
