"""Where two runs of a model part: operator by operator, what is made there and what comes from before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite import markup
from pytflite.errors import PytfliteError
from pytflite.model.types import Model, Tensor
from pytflite.plan.node import PreparedNode
from pytflite.profiles import Profile
from pytflite.tools.running import (
    Inputs,
    Progress,
    Source,
    bind,
    model_of,
    named_profile,
    no_progress,
    open_session,
)
from pytflite.tools.sides import Against, Side, real_values, side_of

Array = npt.NDArray[Any]

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
        elements: how many there are.
        differing: how many differ.
        equal: share of equal elements, 0..1.
        histogram: difference (theirs minus ours) -> how many, differences beyond 8 counted together; integers only.
        largest: magnitude of the largest difference.
        worst: index of the element that differs most, () when none does.
        ours: that element here.
        theirs: that element there.
        sqnr: in decibels, of the real numbers; None when there is no difference.
        cosine: similarity of the real numbers; None when either side is all zeros.
        saturated: share of our elements at an end of the clamp.
        saturated_there: share of theirs.
        injected: how many elements differ when this operator is given the other side's inputs; None when it cannot be.
        inherited: how many elements of ours change when it is; None likewise.
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
    ours: float | None
    theirs: float | None
    sqnr: float | None
    cosine: float | None
    saturated: float
    saturated_there: float
    injected: int | None
    inherited: int | None
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
    against: Against,
    inputs: Inputs,
    *,
    profile: str | Profile = "reference",
    kernels: bool = True,
    progress: Progress = no_progress,
) -> Diff:
    """Compare a run of a model with another profile, another model, the real runtime or a dump.

    Every operator is also run on the other side's inputs: what differs then is made by this operator, the rest comes
    from before it.

    Args:
        model: path, bytes or `Model`.
        against: see `pytflite.tools.sides.side_of`.
        inputs: for the model: a list of arrays, or arrays by tensor name.
        profile: our arithmetic.
        kernels: whether compiled kernels may stand in for definitions.
        progress: told about every operator.

    Raises:
        ArgumentError: ``against`` is nothing to compare with, or the inputs do not fit.
        InvokeError: an operator cannot compute with the values.
    """
    model = model_of(model)
    chosen = named_profile(profile)
    fed = bind(model, inputs)
    ran: list[tuple[PreparedNode, list[Array | None], list[Array]]] = []
    open_session(model, chosen, fed, kernels=kernels).invoke(
        lambda node, given, outputs: ran.append((node, list(given), [array.copy() for array in outputs]))
    )
    shapes = {i: a.shape for node, _, outputs in ran for i, a in zip(node.operator.outputs, outputs, strict=True)}
    other = side_of(model, against)(fed)
    found: list[TensorDiff] = []
    for node, given, outputs in ran:
        progress(node.operator.index + 1, len(model.main.operators), node.op.name)
        found += _compare(model, node, given, outputs, other, {*fed, *shapes})
    first = next((tensor for tensor in found if tensor.differing), None)
    return Diff(chosen.name, other.name, tuple(found), first, other.notes, _model_verdict(model, found, first, other))


def _compare(
    model: Model,
    node: PreparedNode,
    given: Sequence[Array | None],
    outputs: Sequence[Array],
    other: Side,
    computed: set[int],
) -> list[TensorDiff]:
    found: list[TensorDiff] = []
    forced = _forced(node, given, outputs, other, computed)
    for position, (index, ours) in enumerate(zip(node.operator.outputs, outputs, strict=True)):
        theirs = other.tensors.get(index)
        if (
            theirs is not None
            and theirs.shape == ours.shape
            and theirs.dtype == ours.dtype
            and ours.dtype.kind in "iufb"
        ):
            again = forced[position] if forced is not None else None
            found.append(_tensor_diff(node, model.main.tensors[index], ours, theirs, again, other.reals.get(index)))
    return found


def _forced(
    node: PreparedNode, given: Sequence[Array | None], outputs: Sequence[Array], other: Side, computed: set[int]
) -> Sequence[Array] | None:
    """What the operator makes of the other side's inputs, None when they are not known or do not fit."""
    if node.op.stateful or node.op.mutates:
        return None
    inputs: list[Array | None] = []
    changed = False
    for index, array in zip(node.operator.inputs, given, strict=True):
        theirs = other.tensors.get(index)
        if array is None or index not in computed:
            inputs.append(array)
        elif theirs is None or theirs.shape != array.shape or theirs.dtype != array.dtype:
            return None
        else:
            inputs.append(theirs)
            changed = changed or not np.array_equal(theirs, array)
    if not changed:
        return outputs
    try:
        return node.run(inputs)[0]
    except PytfliteError:
        return None


def _differs(ours: Array, theirs: Array) -> Array:
    if ours.dtype.kind != "f":
        return np.asarray(ours != theirs)
    return np.asarray((ours != theirs) & ~(np.isnan(ours) & np.isnan(theirs)))


def _tensor_diff(
    node: PreparedNode, tensor: Tensor, ours: Array, theirs: Array, again: Array | None, real: Array | None
) -> TensorDiff:
    differs = _differs(ours, theirs)
    count = int(differs.sum())
    wide = np.int64 if ours.dtype.kind in "iub" else np.float64
    with np.errstate(all="ignore"):
        change = np.where(differs, theirs.astype(wide) - ours.astype(wide), 0)
    magnitude = np.where(np.isnan(change), np.inf, np.abs(change)) if wide is np.float64 else np.abs(change)
    at = tuple(int(i) for i in np.unravel_index(int(np.argmax(magnitude)), ours.shape)) if count else ()
    largest = float(magnitude[at]) if count else 0.0
    here = real_values(ours, tensor)
    sqnr, cosine = _likeness(here, real_values(theirs, tensor) if real is None else real)
    ends = _ends(node, ours)
    injected = None if again is None else int(_differs(again, theirs).sum())
    inherited = None if again is None else int(_differs(again, ours).sum())
    return TensorDiff(
        operator=node.operator.index,
        op=node.op.name,
        tensor=tensor.index,
        name=tensor.name,
        elements=ours.size,
        differing=count,
        equal=1 - count / ours.size if ours.size else 1.0,
        histogram=_histogram(change) if wide is np.int64 else {},
        largest=largest,
        worst=at,
        ours=ours[at].item() if count else None,
        theirs=theirs[at].item() if count else None,
        sqnr=sqnr,
        cosine=cosine,
        saturated=_saturated(ours, ends),
        saturated_there=_saturated(theirs, ends),
        injected=injected,
        inherited=inherited,
        verdict=_verdict(ours.size, count, largest, injected, inherited, ours.dtype.kind in "iu"),
    )


def _histogram(change: Array) -> dict[str, int]:
    """Differences by size, 0 left out."""
    counted = {str(d): int((change == d).sum()) for d in range(-BINS, BINS + 1) if d}
    beyond = {f"below -{BINS}": int((change < -BINS).sum()), f"above {BINS}": int((change > BINS).sum())}
    return {bin: count for bin, count in {**counted, **beyond}.items() if count}


def _likeness(ours: Array, theirs: Array) -> tuple[float | None, float | None]:
    """SQNR in decibels and cosine similarity; numbers that are not finite do not count."""
    finite = np.isfinite(ours) & np.isfinite(theirs)
    a, b = ours[finite].astype(np.float64), theirs[finite].astype(np.float64)
    noise, signal, other = float(((a - b) ** 2).sum()), float((b**2).sum()), float((a**2).sum())
    sqnr = 10 * float(np.log10(signal / noise)) if noise and signal else None
    cosine = float((a * b).sum() / np.sqrt(signal * other)) if signal and other else None
    return sqnr, cosine


def _ends(node: PreparedNode, output: Array) -> tuple[int, int] | None:
    """The ends of the clamp: the fused activation's, else the dtype's."""
    if output.dtype.kind not in "iu":
        return None
    clamp = getattr(node.params, "epilogue", node.params)
    limits = np.iinfo(output.dtype)
    low, high = (getattr(clamp, f"activation_{end}", None) for end in ("min", "max"))
    return int(limits.min if low is None else low), int(limits.max if high is None else high)


def _saturated(array: Array, ends: tuple[int, int] | None) -> float:
    if ends is None or not array.size:
        return 0.0
    return float(((array <= ends[0]) | (array >= ends[1])).mean())


def _verdict(
    elements: int, count: int, largest: float, injected: int | None, inherited: int | None, integers: bool
) -> str:
    if not count:
        made = f", although fed the same inputs {injected} would differ" if injected else ""
        return f"equal{made}"
    said = f"{count} of {elements} elements differ by at most {largest:g}"
    rounding = ", as another way of rounding does" if integers and largest == 1 else ""
    if injected is None:
        return f"{said}; its inputs on the other side are not known"
    if not injected:
        return f"{said}, all because its inputs differ"
    if not inherited:
        return f"{said}, all made here{rounding}"
    return f"{said}; {injected} of them are made here, the rest comes with its inputs"


def _model_verdict(model: Model, found: Sequence[TensorDiff], first: TensorDiff | None, other: Side) -> str:
    if not found:
        return f"Nothing could be compared with {other.name}."
    if first is None:
        return f"All {len(found)} tensors are equal to those of {other.name}."
    differing = [tensor for tensor in found if tensor.differing]
    makers = [tensor for tensor in differing if tensor.injected]
    outputs = [tensor for tensor in differing if tensor.tensor in model.main.outputs]
    ends = (
        f"outputs differ by at most {max(t.largest for t in outputs):g}"
        if outputs
        else "the outputs compared are equal"
    )
    return (
        f"{len(differing)} of {len(found)} tensors differ from {other.name}, first '{first.name}' of operator "
        f"{first.operator} ({first.op}): {first.verdict}. {len(makers)} make differences of their own; {ends}."
    )
