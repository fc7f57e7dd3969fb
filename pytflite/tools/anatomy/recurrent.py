"""SVDF and LSTM in integers: one step of one unit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic import gemmlowp
from pytflite.arithmetic.steps import Place, Step, clamp_step, requantizer_steps
from pytflite.ops._shared.lstm import Gate, gates_of
from pytflite.ops._shared.lstm_integer import GATE_BITS, GateParams, IntegerLstm, gate_total
from pytflite.tools.anatomy.parts import Anatomy, Subject, Term, elements, stage_steps

Array = npt.NDArray[Any]


def svdf(subject: Subject) -> Anatomy:
    """SVDF: what the filters of a unit saw last, times weights of time."""
    roles, p, (batch, unit) = subject.roles(), subject.node.params, subject.at
    weights, features = roles["weights_time"], subject.stages["feature_accumulator"]
    filters, memory = weights.shape
    moved = subject.stages["state"].reshape(-1, filters, memory)
    terms: list[Term] = []
    steps: list[Step] = []
    for own in range(unit * p.rank, (unit + 1) * p.rank):
        seen = Place((batch, own), features.shape)
        step = Step(f"filter {own}: accumulator", "the input times its feature weights", int(features[seen.at]))
        brought = requantizer_steps(p.feature, int(step.value), seen)
        steps += [step, *(each._replace(name=f"filter {own}: {each.name}") for each in brought)]
        for k in range(memory):
            code, weight = int(moved[batch, own, k]), int(weights[own, k])
            value = code - p.state_zero_point
            at = batch, own * memory + k
            terms.append(Term("state", at, code, value, (own, k), weight, value * weight))
    bias = 0 if roles["bias"] is None else int(roles["bias"].reshape(-1)[unit])
    total = int(subject.stage("accumulator"))
    scaled = list(requantizer_steps(p.time, total, Place(subject.at, subject.stages["output"].shape)))
    shifted = int(scaled[-1].value) + p.output_zero_point
    steps += [
        Step("accumulator", f"{sum(t.product for t in terms)} from {len(terms)} terms + bias {bias}", total),
        *scaled,
        Step("offset added", f"{scaled[-1].value} + {p.output_zero_point}", shifted),
        clamp_step(shifted, -128, 127),
    ]
    return Anatomy(tuple(terms), True, bias=bias, steps=tuple(steps))


def lstm(subject: Subject) -> Anatomy:
    """UNIDIRECTIONAL_SEQUENCE_LSTM: gates, cell state and output of one unit in one step."""
    roles, p = subject.roles(), subject.node.params
    if p.projection is not None:
        return Anatomy(steps=stage_steps(subject))
    time, batch, unit = subject.at if p.time_major else (subject.at[1], subject.at[0], subject.at[2])
    gates = gates_of(roles.get)
    place = subject.at

    def in_time(stage: str) -> Array:
        """A stage, (time, batch, units)."""
        return subject.stages[stage] if p.time_major else subject.stages[stage].swapaxes(0, 1)

    def before(stage: str, state: str) -> Array:
        """A state before the step, (batch, units)."""
        past = in_time(stage)
        return past[time - 1] if time else np.reshape(roles[state], past.shape[1:])

    input = roles["input"][time] if p.time_major else roles["input"][:, time]
    output, cell = before("output", "output_state"), before("cell", "cell_state").astype(np.int64)
    now = int(subject.stage("cell"))
    sources = input.astype(np.int64) - p.zero_points[0], output.astype(np.int64) - p.zero_points[1]
    steps: list[Step] = []
    for name, gate in gates.items():
        seen = in_time("cell")[time].astype(np.int64) if name == "output" else cell
        value = int(subject.stages[f"{name}_gate"][place])
        steps += _gate_steps(name, p, gate, p.gates[name], (sources[0], sources[1]), seen, (batch, unit), value)
    gate_of = {name: int(subject.stages[f"{name}_gate"][place]) for name in gates}
    let_in = gate_of.get("input", 32767 - gate_of["forget"])
    activated = int(gemmlowp.tanh(now, 15 + p.cell_exponent, 16))
    hidden = gate_of["output"] * activated
    kept = f"{gate_of['forget']} * {cell[batch, unit]} / 2^15"
    added = f"{let_in} * {gate_of['cell']} / 2^{30 + p.cell_exponent}"
    steps += [
        Step("cell", f"{kept} + {added}", now, f"stands for {now * 2.0**p.cell_exponent:g}"),
        Step("activated cell", f"tanh of {now}, in 1/2^15", activated),
        Step("hidden", f"{gate_of['output']} * {activated}", hidden),
    ]
    scaled = list(requantizer_steps(p.hidden, hidden, Place((batch, unit), cell.shape)))
    shifted = int(scaled[-1].value) + p.hidden_zero_point
    offset = Step("offset added", f"{scaled[-1].value} + {p.hidden_zero_point}", shifted)
    steps += [*scaled, offset, clamp_step(shifted, -128, 127)]
    at = [(time, batch, k) if p.time_major else (batch, time, k) for k in range(input.shape[-1])]
    return Anatomy(elements("input", roles["input"], at, -p.zero_points[0]), steps=tuple(steps))


def _gate_steps(
    name: str,
    p: IntegerLstm,
    gate: Gate,
    q: GateParams,
    sources: tuple[Array, Array],
    cell: Array,
    at: tuple[int, int],
    value: int,
) -> Iterator[Step]:
    """Products with the input and with the last output, their sum, the activation."""
    batch, unit = at
    biases = (gate.bias if gate.norm is None else None), None
    for what, source, weights, bias, requantizer in zip(
        ("input", "recurrent"), sources, gate.weights, biases, q.products, strict=True
    ):
        total = int(source[batch] @ weights[unit].astype(np.int64)) + (0 if bias is None else int(bias[unit]))
        yield Step(f"{name} gate, {what}: accumulator", f"{source.shape[-1]} products", total)
        *_, scaled = requantizer_steps(requantizer, total, Place(at, cell.shape))
        yield scaled._replace(name=f"{name} gate, {what}: requantized")
    more = "".join((", peephole" if q.peephole is not None else "", ", normalized" if q.norm is not None else ""))
    total = int(gate_total(p, gate, q, sources, cell)[at])
    yield Step(f"{name} gate: total", f"added, in int16{more}", total, f"stands for {total / 4096:g}")
    function = "tanh" if name == "cell" else "logistic"
    yield Step(f"{name} gate", f"{function} of {total} with {GATE_BITS} integer bits, in 1/2^15", value)
