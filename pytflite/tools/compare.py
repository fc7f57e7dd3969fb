"""Where profiles part inside a model: which operators give other integers, how many, by how much, by what recipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.plan.node import PreparedNode
from pytflite.profiles import Profile
from pytflite.runtime.session import Observer
from pytflite.tools.recipes import in_words, requantization_in_words
from pytflite.tools.running import Inputs, Source, bind, model_of, named_profile, open_session

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Parting:
    """One output that comes out otherwise under another profile, where the operator is given the same.

    Attributes:
        operator: index of the operator.
        op: its name.
        tensor: index of the output.
        name: of the output.
        elements: how many there are.
        differing: how many differ.
        largest: by how much at most; of integers in their last place.
        ours: the arithmetic of the first profile, in words.
        theirs: that of the other.
        why: how the other profile came to its rule.
    """

    operator: int
    op: str
    tensor: int
    name: str
    elements: int
    differing: int
    largest: float
    ours: str
    theirs: str
    why: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One profile against another on one model.

    Attributes:
        profile: the first.
        against: the other.
        operators: how many operators were compared.
        partings: in order of execution.
        outputs: per output of the model: name, elements, how many differ in the end, by how much at most.
    """

    profile: str
    against: str
    operators: int
    partings: tuple[Parting, ...]
    outputs: tuple[tuple[str, int, int, float], ...]


def compare(model: Source, profiles: Sequence[str | Profile], inputs: Inputs) -> list[Comparison]:
    """Run a model under several profiles, and every operator under all of them on what the first one's run gave it.

    Args:
        model: path, bytes or `Model`.
        profiles: two or more; each after the first is compared with it.
        inputs: for the model: a list of arrays, or arrays by tensor name.

    Raises:
        ArgumentError: an unknown profile, or inputs that do not fit.
        PrepareError: the model cannot be prepared.
        InvokeError: an operator cannot compute with the values.
    """
    model = model_of(model)
    fed = bind(model, inputs)
    first, *others = [named_profile(profile) for profile in profiles]
    ran: list[tuple[PreparedNode, list[Array | None], list[Array]]] = []
    ours = open_session(model, first, fed)
    ours.invoke(lambda node, given, outputs: ran.append((node, list(given), [array.copy() for array in outputs])))
    found: list[Comparison] = []
    for other in others:
        nodes: list[PreparedNode] = []
        theirs = open_session(model, other, fed)
        theirs.invoke(_collect(nodes))
        partings = [
            parting
            for (node, given, outputs), there in zip(ran, nodes, strict=True)
            if not (node.op.stateful or node.op.mutates)
            for parting in _partings(model.main.tensors, node, there, given, outputs)
        ]
        ends = []
        for index in model.main.outputs:
            here, end = (np.asarray(session.get(index)) for session in (ours, theirs))
            ends.append((model.main.tensors[index].name, here.size, *_difference(here, end)))
        found.append(Comparison(first.name, other.name, len(ran), tuple(partings), tuple(ends)))
    return found


def _collect(nodes: list[PreparedNode]) -> Observer:
    return lambda node, given, outputs: nodes.append(node)


def _partings(
    tensors: Sequence[Any],
    ours: PreparedNode,
    theirs: PreparedNode,
    given: Sequence[Array | None],
    outputs: list[Array],
) -> list[Parting]:
    if ours.rule is theirs.rule and in_words(ours) == in_words(theirs):
        return []
    found: list[Parting] = []
    for index, here, there in zip(ours.operator.outputs, outputs, theirs.run(given)[0], strict=True):
        differing, largest = _difference(here, there)
        if differing:
            operator = ours.operator.index, ours.op.name, index, tensors[index].name
            say = requantization_in_words if ours.rule is theirs.rule else in_words
            words = say(ours), say(theirs), theirs.why
            found.append(Parting(*operator, here.size, differing, largest, *words))
    return found


def _difference(here: Array, there: Array) -> tuple[int, float]:
    """How many elements differ, and by how much at most."""
    if here.dtype.kind == "O" or here.shape != there.shape:
        return int(not np.array_equal(here, there)), 0.0
    unequal = (here != there) & ~((here != here) & (there != there))
    change = np.abs(here.astype(np.float64) - there.astype(np.float64))[unequal]
    return int(unequal.sum()), float(change.max(initial=0))
