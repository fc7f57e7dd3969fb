"""One page about a run: the graph coloured by error or range, every tensor, every difference, explanations."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite import markup
from pytflite.errors import PytfliteError
from pytflite.model.types import Model
from pytflite.plan.node import PreparedNode
from pytflite.profiles import PROFILES, Profile
from pytflite.tools.audit import TensorAudit, audit
from pytflite.tools.describe import OperatorLine, TensorLine, describe
from pytflite.tools.diff import Diff, TensorDiff, diff
from pytflite.tools.explain import as_text, explain
from pytflite.tools.identify import Identity, identify
from pytflite.tools.report.layout import Place, lay_out
from pytflite.tools.running import Inputs, Progress, Source, bind, model_of, named_profile, no_progress, open_session
from pytflite.tools.sides import Against

Array = npt.NDArray[Any]

BARS = 48
"""At most, of a histogram."""


@dataclass(frozen=True, slots=True)
class Values:
    """What a tensor held.

    Attributes:
        tensor: index.
        low: smallest number, None where there are none.
        high: largest one.
        mean: of all.
        start: where the first bar of the histogram begins.
        step: how wide a bar is.
        counts: of elements in each bar.
    """

    tensor: int
    low: float | None
    high: float | None
    mean: float | None
    start: float
    step: float
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OperatorPage:
    """What the report tells about an operator.

    Attributes:
        operator: what it is.
        why: which rule and which kernel ran.
        place: where it is drawn.
        outputs: what its outputs held.
        audit: ranges and accumulators of its quantized outputs.
        explanation: how an element was computed: where profiles differ most, else the worst one, else that of the
            largest code; "" where it was not asked for.
    """

    operator: OperatorLine
    why: str
    place: Place
    outputs: tuple[Values, ...]
    audit: tuple[TensorAudit, ...]
    explanation: str


@dataclass(frozen=True, slots=True)
class Report:
    """One run of a model, looked at from all sides.

    Attributes:
        title: file name of the model.
        graph: name of the main subgraph.
        profile: whose arithmetic ran.
        macs: multiply-accumulates of the model.
        tensors: of the main subgraph.
        inputs: of the model, by tensor index.
        outputs: of the model, by tensor index.
        operators: in the order of execution.
        edges: pairs of operators, the second takes an output of the first.
        diffs: one for each thing that the run was compared with.
        identities: which arithmetic made each of those that name no profile.
    """

    title: str
    graph: str
    profile: str
    macs: int
    tensors: tuple[TensorLine, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    operators: tuple[OperatorPage, ...]
    edges: tuple[tuple[int, int], ...]
    diffs: tuple[Diff, ...]
    identities: tuple[Identity, ...]

    def html(self) -> str:
        """A page that needs no other file and no network."""
        folder = resources.files(__package__)
        page, style, script = (folder.joinpath(f"page.{kind}").read_text("utf-8") for kind in ("html", "css", "js"))
        data = json.dumps(asdict(self), allow_nan=False, default=str).replace("</", "<\\/")
        parts = {"TITLE": self.title, "STYLE": style, "SCRIPT": script, "DATA": data}
        for name, text in parts.items():
            page = page.replace(f"<!--{name}-->", text)
        return page

    def _repr_html_(self) -> str:
        """The page, for notebooks."""
        return markup.frame(self.html())

    def node_data(self) -> dict[str, Any]:
        """Node data for Model Explorer: what each operator's numbers say, one colouring after another.

        Keys of nodes are indices of operators, as Model Explorer's own reader of .tflite files numbers them. Save each
        entry as a JSON file of its own and load it there.
        """
        found = {"saturated": {line.tensor: line.saturated_low + line.saturated_high for line in self._audits()}}
        for other in self.diffs:
            found[f"differs from {other.theirs}"] = {line.tensor: 1 - line.equal for line in other.tensors}
            made = {line.tensor: line.injected / line.elements for line in other.tensors if line.injected is not None}
            found[f"made here, against {other.theirs}"] = made
        return {name: {self.graph: self._colouring(name, values)} for name, values in found.items()}

    def _audits(self) -> list[TensorAudit]:
        return [line for page in self.operators for line in page.audit]

    def _colouring(self, name: str, by_tensor: Mapping[int, float]) -> dict[str, Any]:
        shares = {
            str(page.operator.index): {"value": max(own)}
            for page in self.operators
            if (own := [by_tensor[tensor] for tensor in page.operator.outputs if tensor in by_tensor])
        }
        gradient = [{"stop": 0, "bgColor": "#f7f7f7"}, {"stop": 1, "bgColor": "#d6604d"}]
        return {"name": name, "results": shares, "gradient": gradient}


def report(
    model: Source,
    inputs: Inputs,
    *,
    profile: str | Profile = "reference",
    against: Sequence[Against] = (),
    explanations: int = 16,
    accumulators: bool = True,
    progress: Progress = no_progress,
) -> Report:
    """Run a model once and put down all there is to say about the run.

    Args:
        model: path, bytes or `Model`.
        inputs: for the model: a list of arrays, or arrays by tensor name.
        profile: which arithmetic.
        against: what to compare with, each as for `pytflite.diff`.
        explanations: how many operators are explained at their worst element, those first that make differences.
        accumulators: whether to recompute accumulators, to tell how many bits they need; takes longer.
        progress: told about every stage.

    Raises:
        ArgumentError: the inputs do not fit, or there is nothing to compare with by that name.
        PrepareError: the model cannot be prepared.
        InvokeError: an operator cannot compute with the values.
    """
    model = model_of(model)
    chosen, fed = named_profile(profile), bind(model, inputs)
    total = 2 + len(against) + explanations
    progress(0, total, "run")
    described = describe(model)
    main = described.subgraphs[model.main.index]
    why: dict[int, str] = {}
    held: dict[int, tuple[Values, ...]] = {}

    def observe(node: PreparedNode, given: Sequence[Array | None], outputs: Sequence[Array]) -> None:
        pairs = zip(node.operator.outputs, outputs, strict=True)
        held[node.operator.index] = tuple(_values(index, array) for index, array in pairs)
        why[node.operator.index] = node.why

    open_session(model, chosen, fed).invoke(observe)
    progress(1, total, "audit")
    ranges = audit(model, [inputs], profile=chosen, accumulators=int(accumulators))
    diffs: list[Diff] = []
    for other in against:
        progress(2 + len(diffs), total, f"against {other}")
        diffs.append(diff(model, other, inputs, profile=chosen))
    unnamed = [other for other in against if _as_profile(other) is None and not _is_model(other)]
    identities = tuple(identify(model, other, inputs) for other in unnamed)
    profiles = [chosen, *(known for other in against if (known := _as_profile(other)))]
    told: dict[int, str] = {}
    for operator, at in _to_explain(list(why), diffs, explanations).items():
        progress(2 + len(diffs) + len(told), total, f"explain {operator}")
        told[operator] = _explanation(model, inputs, operator, at if len(profiles) == 1 else None, profiles)
    places, edges = lay_out([(line.inputs, line.outputs) for line in main.operators])
    pages = tuple(
        OperatorPage(
            line,
            why.get(line.index, "did not run"),
            places[line.index],
            held.get(line.index, ()),
            tuple(found for found in ranges.tensors if found.operator == line.index),
            told.get(line.index, ""),
        )
        for line in main.operators
    )
    title = Path(described.path).name or "model"
    return Report(
        title,
        main.name or "main",
        chosen.name,
        described.macs,
        tuple(main.tensors),
        tuple(main.inputs),
        tuple(main.outputs),
        pages,
        tuple(edges),
        tuple(diffs),
        identities,
    )


def _as_profile(other: Against) -> Profile | None:
    if isinstance(other, Profile):
        return other
    return PROFILES.get(other) if isinstance(other, str) else None


def _is_model(other: Against) -> bool:
    return isinstance(other, Model) or str(other).endswith(".tflite")


def _values(tensor: int, array: Array) -> Values:
    """Counts of codes where there are few enough, of finite numbers in equal ranges otherwise."""
    numbers = array[np.isfinite(array)] if array.dtype.kind == "f" else array
    if not numbers.size or array.dtype.kind not in "iufb":
        return Values(tensor, None, None, None, 0.0, 1.0, ())
    low, high = float(numbers.min()), float(numbers.max())
    step = (high - low) / BARS or 1.0 if array.dtype.kind == "f" else float(-(-int(high - low + 1) // BARS))
    places = np.minimum((numbers.astype(np.float64).reshape(-1) - low) // step, BARS - 1).astype(np.int64)
    counts = np.bincount(places, minlength=1)
    mean = float(numbers.astype(np.float64).mean())
    return Values(tensor, low, high, mean, low, step, tuple(map(int, counts)))


def _to_explain(operators: Sequence[int], diffs: Sequence[Diff], most: int) -> dict[int, Sequence[int] | None]:
    """Operators with the element to explain, None for that of the largest code."""
    makers: dict[int, TensorDiff] = {}
    for line in (line for other in diffs for line in other.tensors):
        if line.injected and (line.operator not in makers or line.largest > makers[line.operator].largest):
            makers[line.operator] = line
    worst = sorted(makers.values(), key=lambda line: -(line.injected or 0) / line.elements)
    found: dict[int, Sequence[int] | None] = {line.operator: line.worst or None for line in worst[:most]}
    for operator in operators:
        if len(found) < most:
            found.setdefault(operator, None)
    return found


def _explanation(
    model: Any, inputs: Inputs, operator: int, at: Sequence[int] | None, profiles: Sequence[Profile]
) -> str:
    try:
        return as_text(explain(model, inputs, operator, at, profiles=profiles))
    except PytfliteError as fault:
        return str(fault)
