"""Random one-operator models under a profile, compared with the real runtime: the cases are those of ``tests/ops``."""

from __future__ import annotations

import importlib
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import numpy.typing as npt
from hypothesis import HealthCheck, Phase, given, seed, settings

from pytflite.errors import PrepareError, PytfliteError
from pytflite.model.types import Model, Tensor
from pytflite.model.write import write
from pytflite.plan.prepare import prepare
from pytflite.profiles import PROFILES, Profile
from pytflite.tools.oracle import first_difference, relative_difference
from tests.ops.harness import Case, evaluate, real

Array = npt.NDArray[Any]
Ask = Callable[[bytes, Sequence[Sequence[Array]], str], list[Array]]

OPS = Path(__file__).parents[1] / "ops"
RESOLVERS = {
    "reference": "BUILTIN_REF",
    "optimized": "BUILTIN_WITHOUT_DEFAULT_DELEGATES",
    "xnnpack": "AUTO",
}
"""Profile -> the resolver type whose numbers it gives."""


class Undefined(NamedTuple):
    """Cases of an operator whose answer is none.

    Attributes:
        why: in words.
        under: the profiles, without versions.
        holds: whether inputs and outputs are such.
    """

    why: str
    under: tuple[str, ...]
    holds: Callable[[list[Tensor], list[Tensor]], bool]


VECTORS = ("optimized", "xnnpack")
UNDEFINED = {
    "BATCH_MATMUL": Undefined(
        "with a hybrid rhs that is computed: XNNPACK reads it before it is there",
        ("xnnpack",),
        lambda inputs, _: inputs[0].type != inputs[1].type and not inputs[1].buffer,
    ),
    "DEPTHWISE_CONV_2D": Undefined(
        "without a bias: it is read all the same", VECTORS, lambda inputs, _: len(inputs) < 3
    ),
    "FULLY_CONNECTED": Undefined(
        "with a sparse filter: XNNPACK reads it as a dense one",
        ("xnnpack",),
        lambda inputs, _: inputs[1].sparsity is not None,
    ),
    "LOG_SOFTMAX": Undefined("without elements: the process dies", VECTORS, lambda inputs, _: 0 in inputs[0].shape),
    "MAX_POOL_2D": Undefined(
        "with windows larger than the image: XNNPACK reads beyond it",
        ("xnnpack",),
        lambda _, outputs: 0 in outputs[0].shape,
    ),
    **dict.fromkeys(
        ("REDUCE_MAX", "REDUCE_MIN"),
        Undefined(
            "without elements: outputs stay as they were found", ("xnnpack",), lambda inputs, _: 0 in inputs[0].shape
        ),
    ),
    "SUM": Undefined(
        "without elements: outputs stay as they were found", VECTORS, lambda inputs, _: 0 in inputs[0].shape
    ),
}
"""Operators of which some cases are left out."""


@dataclass
class Row:
    """What came of the cases of one dtype row.

    Attributes:
        cases: how many were compared.
        taken: in how many of them the profile's delegate takes the operator.
        differing: how many were not equal in every bit.
        largest: largest difference of floats, relative to the largest number of the output.
        examples: what differed first, for some of them.
    """

    cases: int = 0
    taken: int = 0
    differing: int = 0
    largest: float = 0.0
    examples: list[str] = field(default_factory=list)


@dataclass
class Sweep:
    """What came of the cases of one operator under one profile.

    Attributes:
        op: the operator.
        profile: name of the profile.
        rows: by dtype row.
        refused: messages of the real runtime, or of this one -> how many cases.
    """

    op: str
    profile: str
    rows: dict[str, Row] = field(default_factory=lambda: defaultdict(Row))
    refused: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def integer_differences(self) -> list[str]:
        """Examples of rows whose outputs are no floats."""
        return [f"{row}: {text}" for row, found in self.rows.items() if not is_float(row) for text in found.examples]


def is_float(row: str) -> bool:
    """Whether a row's outputs, or what they are computed from, are floats."""
    inputs, outputs = row.split(" -> ")
    return (
        "bf16" in inputs
        or any(word.startswith(("f", "bf", "c")) for word in outputs.split())
        or ("f32" in inputs.split() and not outputs.startswith(("i8", "u8", "i16", "i4", "u4")))
    )


def operators() -> list[str]:
    """Names of the operators whose tests draw cases, in lower case."""
    names = sorted(path.stem.removeprefix("test_") for path in OPS.glob("test_*.py"))
    return [name for name in names if hasattr(drawing_test_of(name), "hypothesis")]


def drawing_test_of(op: str) -> Any:
    """The function ``test_agrees`` of an operator, None when it has none."""
    return getattr(importlib.import_module(f"tests.ops.test_{op}"), "test_agrees", None)


def sweep(found: Sweep, count: int, start: int = 0, ask: Ask = real, *, kernels: bool = True) -> None:
    """Draw cases as an operator's ``test_agrees`` does, compare what it hands to ``agree``, and add what came of it.

    Args:
        found: names the operator and the profile.
        count: how many cases.
        start: the seed.
        ask: the real runtime.
        kernels: whether compiled kernels may stand in for definitions here.
    """

    def take(subject: Case) -> None:
        subject = shaped(subject)
        if not is_undefined(subject, found.profile):
            compare(subject, found, ask, kernels=kernels)

    draw_cases(found.op.lower(), count, start, take)


def draw_cases(op: str, count: int, start: int, take: Callable[[Case], None]) -> None:
    """Draw cases as an operator's ``test_agrees`` does, and hand over what it hands to ``agree``.

    Args:
        op: name in lower case.
        count: how many cases.
        start: the seed.
        take: is given them.
    """
    test = drawing_test_of(op)

    @seed(start)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(**test.hypothesis._given_kwargs)  # hypothesis has no public name for them
    def draw(**drawn: Any) -> None:
        test.hypothesis.inner_test(**drawn)

    with warnings.catch_warnings(), mock.patch.dict(test.hypothesis.inner_test.__globals__, agree=take):
        warnings.simplefilter("ignore")
        draw()


def is_undefined(subject: Case, profile: str) -> bool:
    """Whether the real runtime's answer is none; see `UNDEFINED`."""
    graph = subject.model.main
    for operator in graph.operators:
        undefined = UNDEFINED.get(operator.name)
        if undefined and profile.split("@")[0] in undefined.under:
            sides = ([graph.tensors[i] for i in side if i >= 0] for side in (operator.inputs, operator.outputs))
            if undefined.holds(*sides):
                return True
    return False


def shaped(subject: Case) -> Case:
    """The case with the output shapes in the file: delegates look at them."""
    graph = subject.model.main
    shapes = {i: a.shape for i, a in zip(graph.inputs, subject.inputs[0], strict=True)}
    try:
        plan = prepare(subject.model, 0, PROFILES["reference"], shapes=shapes, kernels=False)
    except PytfliteError:
        return subject
    if not plan.is_static:
        return subject
    tensors = tuple(replace(tensor, shape=plan.first.shapes[tensor.index]) for tensor in graph.tensors)
    graphs = (replace(graph, tensors=tensors), *subject.model.subgraphs[1:])
    return replace(subject, model=replace(subject.model, subgraphs=graphs))


def compare(subject: Case, found: Sweep, ask: Ask = real, *, kernels: bool = True) -> None:
    """Compare one case and note what came of it."""
    base, profile = found.profile.split("@")[0], PROFILES[found.profile]
    resolver = subject.resolver if base == "reference" else RESOLVERS.get(base, "")
    try:
        theirs = ask(write(subject.model), subject.inputs, resolver)
        ours = evaluate(subject.model, subject.inputs, kernels=kernels, profile=profile)
    except (RuntimeError, ValueError) as fault:
        side = "here" if isinstance(fault, PytfliteError | PrepareError) else "there"
        found.refused[f"{side}: {str(fault)[:100]}"] += 1
        return
    row = found.rows[row_of(subject.model)]
    row.cases += 1
    row.taken += is_taken(subject, profile)
    if difference := first_difference(ours, theirs):
        row.differing += 1
        row.largest = max([row.largest, *distances(ours, theirs)])
        if len(row.examples) < 3:
            operator = subject.model.main.operators[-1]
            shapes = [subject.model.main.tensors[i].shape for i in operator.inputs if i >= 0]
            row.examples.append(f"{difference} of inputs {shapes}, {operator.options}")


def is_taken(subject: Case, profile: Profile) -> bool:
    """Whether a profile's delegate takes the last operator."""
    graph = subject.model.main
    if profile.delegate is None:
        return False
    shapes = {i: a.shape for i, a in zip(graph.inputs, subject.inputs[0], strict=True)}
    nodes = prepare(subject.model, 0, profile, shapes=shapes, kernels=False).first.nodes
    return bool(nodes) and nodes[-1].why.startswith(f"{profile.delegate.name} takes it;")


def row_of(model: Model) -> str:
    """Dtype letters of the last operator's inputs and outputs, - for one that is left out."""
    graph = model.main
    operator = graph.operators[-1]
    sides = (
        ["-" if i < 0 else graph.tensors[i].dtype.letter for i in side] for side in (operator.inputs, operator.outputs)
    )
    return " -> ".join(" ".join(side) for side in sides)


def distances(ours: list[Array], theirs: list[Array]) -> Iterator[float]:
    """Largest differences of float outputs, relative to the largest number in each."""
    for here, there in zip(ours, theirs, strict=True):
        if here.dtype.kind == "f" and here.shape == there.shape and here.size:
            yield relative_difference(here, there)
