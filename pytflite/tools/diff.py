"""Where two runs of a model part: operator by operator, what is made there and what comes from before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite import markup
from pytflite.errors import PytfliteError
from pytflite.model.types import Model, Tensor
from pytflite.plan.node import PreparedNode
from pytflite.profiles import Profile
from pytflite.runtime.session import Session
from pytflite.tools.running import (
    Inputs,
    Progress,
    Source,
    bind,
    feed,
    model_of,
    named_profile,
    no_progress,
    open_session,
)
from pytflite.tools.sides import Against, Side, real_values, side_of

Array = npt.NDArray[Any]

Ran = tuple[PreparedNode, list[Array | None], list[Array]]
BINS = 8
"""Differences up to this are counted one by one."""


@dataclass(frozen=True, slots=True)
class TensorDiff:
    """One output of one operator on both sides.

    Attributes:
        operator: index of the operator.
        op: its name.
        tensor: index of the output.
        name: of the output.
        elements: how many there are, over all invokes.
        differing: how many differ.
        equal: share of equal elements, 0..1.
        histogram: difference (theirs minus ours) -> how many, differences beyond 8 counted together; integers only.
        largest: magnitude of the largest difference.
        worst: index of the element that differs most, () when none does.
        invoke: in which invoke that is.
        ours: that element here.
        theirs: that element there.
        sqnr: in decibels, of the real numbers; None when there is no difference.
        cosine: similarity of the real numbers; None when either side is all zeros.
        saturated: share of our elements at an end of the clamp.
        saturated_there: share of theirs.
        injected: how many elements differ when this operator is given the other side's inputs; None when it cannot be.
        inherited: how many elements of ours change when it is; None likewise.
        since: the operator from which on inputs of this one are not known on the other side, and are computed from what
            is; the operator itself where they are known.
        verdict: one sentence.
    """

    operator: int
    op: str
    tensor: int
    name: str
    elements: int
    differing: int
    equal: float
    histogram: dict[str, int]
    largest: float
    worst: tuple[int, ...]
    invoke: int
    ours: float | None
    theirs: float | None
    sqnr: float | None
    cosine: float | None
    saturated: float
    saturated_there: float
    injected: int | None
    inherited: int | None
    since: int
    verdict: str


@dataclass(frozen=True, slots=True)
class Diff:
    """What a comparison found.

    Attributes:
        ours: name of our profile.
        theirs: what it was compared with.
        tensors: one entry for each tensor that was compared, in the order of execution.
        first: the first that differs, None when none does.
        notes: what is missing on the other side, or was converted.
        verdict: one sentence.
    """

    ours: str
    theirs: str
    tensors: tuple[TensorDiff, ...]
    first: TensorDiff | None
    notes: tuple[str, ...]
    verdict: str

    def _repr_html_(self) -> str:
        """The verdicts, for notebooks."""
        head = ("", "operator", "tensor", "equal", "largest", "made here", "inherited", "verdict")
        rows = (
            (t.operator, t.op, t.name, f"{t.equal:.3%}", t.largest, t.injected, t.inherited, t.verdict)
            for t in self.tensors
        )
        return markup.table(f"{self.ours} against {self.theirs}: {self.verdict}", head, rows)

    @property
    def equal(self) -> bool:
        """Whether something was compared and nothing differs."""
        return bool(self.tensors) and self.first is None


def diff(
    model: Source,
    against: Against | Sequence[Against],
    *invokes: Inputs,
    profile: str | Profile = "reference",
    other_profile: str | Profile = "reference",
    kernels: bool = True,
    progress: Progress = no_progress,
) -> Diff:
    """Compare runs of a model with another profile, another model, the real runtime or dumps.

    Every operator is also run on the other side's inputs and states: what differs then is made by this operator, the
    rest comes from before it.

    Args:
        model: path, bytes or `Model`.
        against: see `pytflite.tools.sides.side_of`.
        invokes: the inputs of each invoke: a list of arrays, or arrays by tensor name. State lasts between invokes; an
            invoke whose shapes differ from those of the one before starts anew.
        profile: our arithmetic.
        other_profile: the arithmetic of another model.
        kernels: whether compiled kernels may stand in for definitions.
        progress: told about every operator.

    Raises:
        ArgumentError: ``against`` is nothing to compare with, or the inputs do not fit.
        InvokeError: an operator cannot compute with the values.
    """
    model = model_of(model)
    chosen = named_profile(profile)
    other_side = side_of(model, against, other_profile)
    tallies: dict[int, _Tally] = {}
    notes: dict[str, None] = {}
    session: Session | None = None
    name = ""
    for number, inputs in enumerate(invokes):
        fed = bind(model, inputs)
        if session is None or any(session.inputs[index].shape != array.shape for index, array in fed.items()):
            session = open_session(model, chosen, fed, kernels=kernels)
            shadow = Session(session.plan)
        feed(session, fed)
        ran = _observed(session)
        other = other_side(fed)
        name = other.name
        notes.update(dict.fromkeys(other.notes))
        _compare(_Invoke(number, model, other, shadow, fed), ran, tallies, progress)
    found = [tally.diff() for tally in tallies.values()]
    first = next((tensor for tensor in found if tensor.differing), None)
    return Diff(chosen.name, name, tuple(found), first, tuple(notes), _model_verdict(model, found, first, name))


def _observed(session: Session) -> list[Ran]:
    """Every node of an invoke with its inputs and outputs."""
    ran: list[Ran] = []
    session.invoke(lambda node, given, outputs: ran.append((node, list(given), [array.copy() for array in outputs])))
    return ran


def _compare(
    invoke: _Invoke,
    ran: Sequence[Ran],
    tallies: dict[int, _Tally],
    progress: Progress,
) -> None:
    """Compare every output of one invoke."""
    tensors, other = invoke.model.main.tensors, invoke.other
    for node, given, outputs in ran:
        progress(node.operator.index + 1, len(invoke.model.main.operators), node.op.name)
        forced, since = invoke.forced(node, given, outputs)
        for position, (index, ours) in enumerate(zip(node.operator.outputs, outputs, strict=True)):
            theirs = other.tensors.get(index)
            if (
                theirs is not None
                and theirs.shape == ours.shape
                and theirs.dtype == ours.dtype
                and ours.dtype.kind in "iufb"
            ):
                again = None if forced is None else forced[position]
                tally = tallies.setdefault(index, _Tally(node, tensors[index]))
                tally.add(invoke.number, ours, theirs, again, other.reals.get(index))
                tally.since = min(tally.since, since)


class _Invoke:
    """One invoke on both sides.

    Args:
        number: which.
        model: ours.
        other: the other side.
        shadow: holds the states that the other side has.
        inputs: of the model, by tensor index.

    """

    def __init__(self, number: int, model: Model, other: Side, shadow: Session, inputs: Mapping[int, Array]) -> None:
        self.number, self.model, self.other, self.shadow = number, model, other, shadow
        self._variable = set(inputs)
        self._computed: dict[int, Array] = {}
        self._since: dict[int, int] = {}

    def forced(
        self, node: PreparedNode, given: Sequence[Array | None], outputs: Sequence[Array]
    ) -> tuple[Sequence[Array] | None, int]:
        """Run an operator on the other side's inputs and states.

        What the other side does not hold is computed from what it holds.

        Returns:
            The outputs, None where inputs are not known or do not fit; and the first operator whose outputs had to be
            computed for that, or this one.
        """
        made = self._forced(node, given, outputs)
        since = min([self._since[i] for i in node.operator.inputs if i in self._since], default=node.operator.index)
        for position, index in enumerate(node.operator.outputs):
            self._variable.add(index)
            if index not in self.other.tensors and made is not None:
                self._computed[index] = made[position]
                self._since[index] = since
        return made, since

    def _forced(
        self, node: PreparedNode, given: Sequence[Array | None], outputs: Sequence[Array]
    ) -> Sequence[Array] | None:
        inputs: list[Array | None] = []
        changed = bool(node.op.stateful or node.op.mutates)
        for index, array in zip(node.operator.inputs, given, strict=True):
            if array is None or index not in self._variable:
                inputs.append(self.shadow.state.variables.get(index, array))
                continue
            theirs = self.other.tensors.get(index, self._computed.get(index))
            if theirs is None or theirs.shape != array.shape or theirs.dtype != array.dtype:
                return None
            inputs.append(theirs)
            changed = changed or not np.array_equal(theirs, array)
        if not changed:
            return outputs
        try:
            made, states = node.run(inputs, self.shadow)
        except PytfliteError:
            return None
        self.shadow.state.variables.update({index: self.other.tensors.get(index, states[index]) for index in states})
        return made


def _differs(ours: Array, theirs: Array) -> Array:
    if ours.dtype.kind != "f":
        return np.asarray(ours != theirs)
    return np.asarray((ours != theirs) & ~(np.isnan(ours) & np.isnan(theirs)))


@dataclass
class _Tally:
    """What is counted of one tensor over all invokes; see `TensorDiff`."""

    node: PreparedNode
    tensor: Tensor

    def __post_init__(self) -> None:
        self.since = self.node.operator.index
        self.integers = self.tensor.dtype.numpy.kind in "iub"
        self.elements = self.differing = self.saturated = self.saturated_there = 0
        self.injected: int | None = 0
        self.inherited: int | None = 0
        self.histogram: Counter[str] = Counter()
        self.largest = 0.0
        self.worst: tuple[tuple[int, ...], int, float | None, float | None] = (), 0, None, None
        self.powers = np.zeros(4)

    def add(self, invoke: int, ours: Array, theirs: Array, again: Array | None, real: Array | None) -> None:
        """Count the elements of one invoke.

        Args:
            invoke: which.
            ours: our tensor.
            theirs: that of the other side.
            again: what we make of the other side's inputs, None where that is not known.
            real: the real numbers of the other side, where its codes are not ours.
        """
        differs = _differs(ours, theirs)
        count = int(np.count_nonzero(differs))
        self.elements += ours.size
        self.differing += count
        if count:
            self._add_change(invoke, ours, theirs, differs)
        self.powers += _powers(
            real_values(ours, self.tensor), real_values(theirs, self.tensor) if real is None else real
        )
        ends = _ends(self.node, ours)
        self.saturated += _saturated(ours, ends)
        self.saturated_there += _saturated(theirs, ends)
        if again is None or self.injected is None or self.inherited is None:
            self.injected = self.inherited = None
        else:
            self.injected += int(_differs(again, theirs).sum())
            self.inherited += int(_differs(again, ours).sum())

    def _add_change(self, invoke: int, ours: Array, theirs: Array, differs: Array) -> None:
        wide = np.int64 if self.integers else np.float64
        with np.errstate(all="ignore"):
            change = theirs[differs].astype(wide) - ours[differs].astype(wide)
        magnitude = np.abs(change) if self.integers else np.where(np.isnan(change), np.inf, np.abs(change))
        largest = int(magnitude.argmax())
        if float(magnitude[largest]) > self.largest:
            at = tuple(int(i) for i in np.argwhere(differs)[largest])
            self.largest = float(magnitude[largest])
            self.worst = at, invoke, ours[at].item(), theirs[at].item()
        if self.integers:
            self.histogram.update(_histogram(change))

    def diff(self) -> TensorDiff:
        """The result."""
        node, tensor = self.node, self.tensor
        at, invoke, ours, theirs = self.worst
        sqnr, cosine = _likeness(*self.powers)
        verdict = _verdict(self, self.tensor.dtype.numpy.kind in "iu")
        return TensorDiff(
            operator=node.operator.index,
            op=node.op.name,
            tensor=tensor.index,
            name=tensor.name,
            elements=self.elements,
            differing=self.differing,
            equal=1 - self.differing / self.elements if self.elements else 1.0,
            histogram=_sorted(self.histogram),
            largest=self.largest,
            worst=at,
            invoke=invoke,
            ours=ours,
            theirs=theirs,
            sqnr=sqnr,
            cosine=cosine,
            saturated=self.saturated / max(self.elements, 1),
            saturated_there=self.saturated_there / max(self.elements, 1),
            injected=self.injected,
            inherited=self.inherited,
            since=self.since,
            verdict=verdict,
        )


def _histogram(change: Array) -> dict[str, int]:
    """Differences by size, 0 left out."""
    counted = {str(d): int((change == d).sum()) for d in range(-BINS, BINS + 1) if d}
    beyond = {f"below -{BINS}": int((change < -BINS).sum()), f"above {BINS}": int((change > BINS).sum())}
    return {bin: count for bin, count in {**counted, **beyond}.items() if count}


def _sorted(histogram: Mapping[str, int]) -> dict[str, int]:
    """From the smallest difference to the largest, those beyond last."""
    order = [*(str(d) for d in range(-BINS, BINS + 1)), f"below -{BINS}", f"above {BINS}"]
    return {bin: histogram[bin] for bin in order if bin in histogram}


def _powers(ours: Array, theirs: Array) -> Array:
    """Sums of squares of the difference, of theirs, of ours, and of products; what is not finite does not count."""
    finite = np.isfinite(ours) & np.isfinite(theirs)
    a, b = ours[finite].astype(np.float64), theirs[finite].astype(np.float64)
    return np.array([((a - b) ** 2).sum(), (b**2).sum(), (a**2).sum(), (a * b).sum()])


def _likeness(noise: float, signal: float, other: float, product: float) -> tuple[float | None, float | None]:
    """SQNR in decibels and cosine similarity."""
    sqnr = 10 * float(np.log10(signal / noise)) if noise and signal else None
    cosine = float(product / np.sqrt(signal * other)) if signal and other else None
    return sqnr, cosine


def _ends(node: PreparedNode, output: Array) -> tuple[int, int] | None:
    """The ends of the clamp: the fused activation's, else the dtype's."""
    if output.dtype.kind not in "iu":
        return None
    clamp = getattr(node.params, "epilogue", node.params)
    limits = np.iinfo(output.dtype)
    low, high = (getattr(clamp, f"activation_{end}", None) for end in ("min", "max"))
    return int(limits.min if low is None else low), int(limits.max if high is None else high)


def _saturated(array: Array, ends: tuple[int, int] | None) -> int:
    return 0 if ends is None else int(((array <= ends[0]) | (array >= ends[1])).sum())


def _verdict(tally: _Tally, integers: bool) -> str:
    injected, inherited, own = tally.injected, tally.inherited, tally.node.operator.index
    if not tally.differing:
        made = f", although fed the same inputs {injected} would differ" if injected else ""
        return f"equal{made}"
    said = f"{tally.differing} of {tally.elements} elements differ by at most {tally.largest:g}"
    rounding = ", as another way of rounding does" if integers and tally.largest == 1 else ""
    here = "made here" if tally.since == own else f"made between operators {tally.since} and {own}"
    if injected is None:
        return f"{said}; its inputs on the other side are not known"
    if not injected:
        return f"{said}, all because its inputs differ"
    if not inherited:
        return f"{said}, all {here}{rounding}"
    return f"{said}; {injected} of them are {here}, the rest comes with its inputs"


def _model_verdict(model: Model, found: Sequence[TensorDiff], first: TensorDiff | None, other: str) -> str:
    if not found:
        return f"Nothing could be compared with {other}."
    if first is None:
        return f"All {len(found)} tensors are equal to those of {other}."
    differing = [tensor for tensor in found if tensor.differing]
    makers = [tensor for tensor in differing if tensor.injected]
    outputs = [tensor for tensor in differing if tensor.tensor in model.main.outputs]
    ends = (
        f"outputs differ by at most {max(t.largest for t in outputs):g}"
        if outputs
        else "the outputs compared are equal"
    )
    return (
        f"{len(differing)} of {len(found)} tensors differ from {other}, first '{first.name}' of operator "
        f"{first.operator} ({first.op}): {first.verdict}. {len(makers)} make differences of their own; {ends}."
    )
