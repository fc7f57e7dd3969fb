"""How one output element of one operator was computed, under one profile or several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite import markup
from pytflite.arithmetic.steps import Place, Step, epilogue_steps
from pytflite.errors import ArgumentError
from pytflite.model.types import Model, Tensor
from pytflite.plan.node import PreparedNode
from pytflite.plan.prepare import prepare
from pytflite.profiles import Profile
from pytflite.runtime.scaling import dequantize
from pytflite.tools.anatomy import Anatomy, Index, Subject, Term, anatomy, at, stage_steps
from pytflite.tools.running import (
    Inputs,
    Source,
    bind,
    checked_stages,
    model_of,
    named_profile,
    open_session,
    output_names,
)

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Explanation:
    """How one output element was computed under one profile.

    Attributes:
        profile: name of the profile.
        why: which rule and which kernel ran.
        anatomy: what the element is made of.
        steps: from the accumulator, or from the terms where nothing is accumulated, to the output; the definition's own
            stages where the arithmetic is not known in more detail.
        stages: the definition's own named stages at this element.
        value: the output element.
        real: the number that it stands for, None where the tensor is not quantized.
    """

    profile: str
    why: str
    anatomy: Anatomy
    steps: tuple[Step, ...]
    stages: tuple[tuple[str, float], ...]
    value: int | float
    real: float | None


@dataclass(frozen=True, slots=True)
class Explained:
    """One output element under several profiles, which were all given what the first one's run fed the operator.

    Attributes:
        operator: index of the operator.
        op: its name.
        tensor: index of the output.
        name: of the output.
        at: index of the element.
        explanations: one per profile.
        parting: where the profiles part, in one sentence; "" for one profile.
    """

    operator: int
    op: str
    tensor: int
    name: str
    at: Index
    explanations: tuple[Explanation, ...]
    parting: str

    def _repr_html_(self) -> str:
        """All the arithmetic, for notebooks."""
        return markup.lines(as_text(self))


def explain(
    model: Source,
    inputs: Inputs,
    operator: int,
    at: Sequence[int] | None = None,
    *,
    profiles: Sequence[str | Profile] = ("reference",),
    kernels: bool = True,
) -> Explained:
    """Explain one output element of one operator.

    The model runs up to the operator under the first profile. What the operator was given is handed to its definition
    under every profile; each is first shown to end in what the operator (through its kernel) makes of the same.

    Args:
        model: path, bytes or `Model`.
        inputs: for the model: a list of arrays, or arrays by tensor name.
        operator: index of the operator.
        at: index of the element of its first output; without one, where the profiles differ most, and if they don't,
            the element of the largest code.
        profiles: names, or `Profile`.
        kernels: whether compiled kernels may stand in for definitions.

    Raises:
        ArgumentError: no such operator or element, or one that cannot be explained.
        InvokeError: the definition and what ran disagree.
    """
    model = model_of(model)
    if not 0 <= operator < len(model.main.operators):
        raise ArgumentError(f"There is no operator {operator}; the model has {len(model.main.operators)}.")
    chosen = [named_profile(profile) for profile in profiles]
    fed = bind(model, inputs)
    node, given, outputs = run_to(model, chosen[0], fed, operator, kernels)
    tensor = model.main.tensors[node.operator.outputs[0]]
    ran = [(chosen[0], node, outputs)]
    for profile in chosen[1:]:
        other = _node_under(model, profile, fed, operator, kernels)
        ran.append((profile, other, other.run(given)[0]))
    index = _checked_index(tensor, [outputs[0] for _, _, outputs in ran], at)
    found = [explain_node(tensor, profile, node, given, outputs, index) for profile, node, outputs in ran]
    return Explained(operator, node.op.name, tensor.index, tensor.name, index, tuple(found), parting(found))


class _Reached(Exception):
    """The operator ran."""


def run_to(
    model: Model, profile: Profile, inputs: Mapping[int, Array], operator: int, kernels: bool = True
) -> tuple[PreparedNode, list[Array | None], list[Array]]:
    """Run a model up to an operator: the operator prepared, what it was given, what it gave."""
    found: list[tuple[PreparedNode, list[Array | None], list[Array]]] = []

    def observe(node: PreparedNode, given: Sequence[Array | None], outputs: Sequence[Array]) -> None:
        if node.operator.index == operator:
            found.append((node, list(given), list(outputs)))
            raise _Reached

    try:
        open_session(model, profile, inputs, kernels=kernels).invoke(observe)
    except _Reached:
        return found[0]
    raise ArgumentError(f"Operator {operator} did not run.")


def _node_under(
    model: Model, profile: Profile, inputs: Mapping[int, Array], operator: int, kernels: bool
) -> PreparedNode:
    plan = prepare(model, 0, profile, shapes={i: a.shape for i, a in inputs.items()}, kernels=kernels)
    known = {node.operator.index: node for node in plan.first.nodes}
    return known[operator] if operator in known else run_to(model, profile, inputs, operator, kernels)[0]


def _checked_index(tensor: Tensor, outputs: Sequence[Array], index: Sequence[int] | None) -> Index:
    output = outputs[0]
    if not output.size or output.dtype.kind not in "iufb":
        raise ArgumentError(
            f"Tensor {tensor.index} '{tensor.name}' of {output.dtype}{list(output.shape)} has no numbers."
        )
    if index is None:
        change = np.nan_to_num(np.max([np.abs(other.astype(np.float64) - output) for other in outputs], axis=0))
        chosen = change if change.any() else np.nan_to_num(output)
        return tuple(int(i) for i in np.unravel_index(int(np.argmax(chosen)), output.shape))
    if len(index) != output.ndim or not all(-size <= i < size for i, size in zip(index, output.shape, strict=True)):
        raise ArgumentError(f"There is no element {list(index)} in '{tensor.name}' of shape {list(output.shape)}.")
    return tuple(int(i) % size for i, size in zip(index, output.shape, strict=True))


def explain_node(
    tensor: Tensor,
    profile: Profile,
    node: PreparedNode,
    inputs: Sequence[Array | None],
    outputs: Sequence[Array],
    index: Index,
) -> Explanation:
    """Explain an element of the first output of a node that ran.

    Raises:
        ArgumentError: the operator keeps state of its own.
        InvokeError: the definition and what ran disagree.
    """
    stages = checked_stages(node, inputs, outputs)
    if not stages:
        raise ArgumentError(f"{node.operator.name} keeps state of its own and cannot be explained.")
    names = output_names(node)
    if names and names[0] not in node.op.outputs.split():
        stages[node.op.output_roles[0].name] = stages[names[0]]
    subject = Subject(node, inputs, stages, index)
    parts = anatomy(subject) if outputs[0].dtype.kind in "iu" else Anatomy(steps=stage_steps(subject))
    value = outputs[0][index].item()
    steps = _steps(subject, parts)
    if not steps or (steps[-1].value != value and outputs[0].dtype.kind in "iu"):
        steps = stage_steps(subject)
    inside = tuple((step.name, step.value) for step in stage_steps(subject))
    return Explanation(profile.name, node.why, parts, steps, inside, value, _real(tensor, outputs[0], index))


def _steps(subject: Subject, parts: Anatomy) -> tuple[Step, ...]:
    """All steps to the output, () where the terms do not lead to the accumulator of the definition."""
    if parts.accumulator is None:
        return parts.steps
    accumulators = subject.stages.get("accumulator")
    if accumulators is None or parts.accumulator != at(accumulators, subject.at):
        return ()
    summed = Step("accumulator", _sum_of(parts), parts.accumulator)
    epilogue = parts.epilogue or getattr(subject.node.params, "epilogue", None)
    place = Place(subject.at, accumulators.shape)
    return (*parts.steps, summed, *epilogue_steps(epilogue, parts.accumulator, place))


def _sum_of(parts: Anatomy) -> str:
    bias = "" if parts.bias is None else f" + bias {parts.bias}"
    return f"{sum(term.product for term in parts.terms)} from {len(parts.terms)} terms{bias}"


def _real(tensor: Tensor, output: Array, index: Index) -> float | None:
    quantization = tensor.quantization
    if quantization is None or not quantization.scale.size or output.dtype.kind not in "iu":
        return None
    return float(dequantize(output, quantization)[index])


def parting(found: Sequence[Explanation]) -> str:
    """Where explanations of the same element part, in one sentence."""
    if len(found) < 2:
        return ""
    parted = [other for other in found[1:] if other.value != found[0].value]
    said = [_parting(found[0], other) for other in found[1:]]
    if not parted:
        return f"All give {found[0].value}; " + "; ".join(said) + "."
    return "; ".join(said) + "."


def _parting(one: Explanation, other: Explanation) -> str:
    both = f"{one.profile} and {other.profile}"
    outcome = f", which gives {one.value} against {other.value}" if one.value != other.value else ""
    theirs = {step.name: step.value for step in other.steps}
    ours = {step.name: step.value for step in one.steps}
    for name, value in ours.items():
        if name in theirs and theirs[name] != value:
            return f"{both} part at '{name}': {value} against {theirs[name]}{outcome}"
    if ours.keys() != theirs.keys():
        apart = ", ".join(f"'{name}'" for name in sorted(ours.keys() ^ theirs.keys()))
        return f"{both} take different ways ({apart}) through the same numbers{outcome}"
    return f"{both} take the same steps"


def as_text(explained: Explained, top: int = 8) -> str:
    """An explanation for the terminal.

    Args:
        explained: what to tell.
        top: how many terms to list, those that add most; 0 for all, in the order of the sum.
    """
    first = explained.explanations[0]
    where = f"{explained.op} (operator {explained.operator}), element {list(explained.at)} of '{explained.name}'"
    real = "" if first.real is None else f", which stands for {first.real:.7g}"
    lines = [f"{where}: {first.value}{real}", "", *_anatomy_lines(first.anatomy, top)]
    for explanation in explained.explanations:
        lines += ["", f"{explanation.profile}: {explanation.why}"]
        lines += [_step_line(step) for step in explanation.steps]
    return "\n".join([*lines, "", explained.parting] if explained.parting else lines)


def _anatomy_lines(parts: Anatomy, top: int) -> list[str]:
    shown = strongest(parts.terms, top) if top else list(parts.terms)
    outside = f"; {parts.outside} taps of the window are padding and add nothing" if parts.outside else ""
    most = "add most" if parts.summed else "are largest"
    chosen = f", of which these {len(shown)} {most}" if len(shown) < len(parts.terms) else ""
    lines = [f"{len(parts.terms)} elements{outside}{chosen}:"] if parts.terms else []
    for term in shown:
        weight = "" if term.weight is None else f" * weight{list(term.weight_at or ())} {term.weight}"
        adds = f" adds {term.product}" if parts.summed else ""
        lines.append(f"  {term.role}{list(term.at)} {term.code} -> {term.value}{weight}{adds}")
    lines += [f"  {name}: {value}" for name, value in parts.zero_points.items() if len(parts.zero_points) > 1]
    return lines


def _step_line(step: Step) -> str:
    note = f"   ({step.note})" if step.note else ""
    return f"  {step.name:<24} {step.value!s:>14}   {step.formula}{note}"


def strongest(terms: Sequence[Term], count: int) -> list[Term]:
    """The terms that add most, whatever their sign; all when there are no more."""
    return sorted(terms, key=lambda term: -abs(term.product))[:count]
