"""What an operator's numbers are held against: one arithmetic, perhaps with a deviation, compared with a dump."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.errors import PytfliteError
from pytflite.profiles import PROFILES
from pytflite.tools.cases import Bench, Case, Rows, ends_in_epilogue, finished, is_alike_everywhere

Array = npt.NDArray[Any]

GLANCE = 4096
"""So many elements of an output are looked at before all of them are."""


class Difference(NamedTuple):
    """How two arrays differ.

    Attributes:
        compared: how many elements.
        differing: how many of them.
        largest: by how much at most.
        at: the first of them, () for none or an unknown place.
        computed: what it is in the first array.
        dumped: what it is in the second.
    """

    compared: int
    differing: int = 0
    largest: float = 0.0
    at: tuple[int, ...] = ()
    computed: float | None = None
    dumped: float | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One arithmetic that an operator may have had.

    Attributes:
        arithmetic: names of profiles that compute the operator so, and other requantizations in words.
        kind: of the deviation on top of that, "" for none.
        deviation: what deviates, "" for nothing.
        compared: how many elements were compared; not all where some already contradict.
        differing: how many of them contradict it.
        largest: by how much at most.
        at: the first output element that contradicts it, () for none.
        computed: what the candidate makes that element.
        dumped: what it is in the dump.
    """

    arithmetic: tuple[str, ...]
    kind: str
    deviation: str
    compared: int
    differing: int
    largest: float
    at: tuple[int, ...]
    computed: float | None
    dumped: float | None

    @property
    def words(self) -> str:
        """What it is, shortly."""
        newest = [
            name for name in self.arithmetic if name.split("@")[0] == name or name.split("@")[0] not in self.arithmetic
        ]
        profiles = [name for name in newest if name in PROFILES]
        names = ", ".join((profiles or newest)[:6])
        return f"{self.deviation} (on top of {names})" if self.deviation else names


@dataclass
class Trial:
    """Compares candidates of one operator with the dump.

    Attributes:
        observed: outputs in the dump, for each invoke, None where it has none.
        rows: rows of the first output that are telling, or None.
        bench: where cases are run.
    """

    observed: list[list[Array | None]]
    rows: Rows | None = None
    bench: Bench = field(default_factory=Bench)

    def candidate(
        self, names: Sequence[str], kind: str, words: str, cases: Callable[[int], Case | None]
    ) -> Candidate | None:
        """Compare until something contradicts.

        Args:
            names: of the arithmetic.
            kind: of the deviation, or "".
            words: for the deviation, or "".
            cases: the operator so in each invoke, None where it cannot be.

        Returns:
            None where it cannot be run.
        """
        compared = 0
        for invoke, observed in enumerate(self.observed):
            try:
                case = cases(invoke)
                if case is None:
                    return None
                found = self._difference(case, observed, deviates=bool(words))
            except (PytfliteError, ValueError, IndexError, OverflowError):
                return None
            if found.differing:
                return Candidate(tuple(names), kind, words, *found)
            compared += found.compared
        return Candidate(tuple(names), kind, words, *Difference(compared))

    def _difference(self, case: Case, observed: Sequence[Array | None], deviates: bool) -> Difference:
        """What contradicts in one invoke; not all is looked at where little suffices."""
        found = self._glanced(case, observed[0], deviates)
        if found is not None and found.differing:
            return found
        total = 0
        for ours, theirs in zip(self.bench.outputs(case), observed, strict=True):
            if theirs is not None:
                found = difference(ours, theirs)
                if found.differing:
                    return found
                total += found.compared
        return Difference(total)

    def _glanced(self, case: Case, observed: Array | None, deviates: bool) -> Difference | None:
        """How a part of the first output differs, None where it is too small to be taken apart."""
        node = case.node
        if observed is None or case.outlets or observed.size <= GLANCE:
            return None
        if deviates:
            if self.rows is None or not hasattr(node.params, "window"):
                return None
            found = difference(self.bench.outputs(case, self.rows)[0], self.rows.of(observed))
            return found._replace(at=(found.at[0], found.at[1] + self.rows.first, *found.at[2:]) if found.at else ())
        if not ends_in_epilogue(node) or not is_alike_everywhere(node):
            return None
        accumulator = self.bench.accumulator(node, case)
        channels = accumulator.shape[-1]
        every = max(accumulator.size // GLANCE, 1)
        few = np.ascontiguousarray(accumulator.reshape(-1, channels)[::every])
        found = difference(finished(node, few), observed.reshape(-1, channels)[::every])
        if not found.at:
            return found
        flat = found.at[0] * every * channels + found.at[1]
        return found._replace(at=tuple(int(i) for i in np.unravel_index(flat, observed.shape)))


def difference(ours: Array, theirs: Array) -> Difference:
    """How two arrays differ; any NaN equals any other."""
    if ours.shape != theirs.shape or ours.dtype != theirs.dtype:
        return Difference(theirs.size, theirs.size, float("inf"))
    differs = ours != theirs
    if ours.dtype.kind in "fc":
        differs &= ~(np.isnan(ours) & np.isnan(theirs))
    count = int(np.count_nonzero(differs))
    if not count:
        return Difference(ours.size)
    at = tuple(int(i) for i in np.unravel_index(int(np.argmax(differs)), ours.shape))
    if ours.dtype.kind not in "iufb":
        return Difference(ours.size, count, float("inf"), at)
    wide = np.float64 if ours.dtype.kind == "f" else np.int64
    with np.errstate(all="ignore"):
        change = np.abs(ours[differs].astype(wide) - theirs[differs].astype(wide))
    return Difference(ours.size, count, float(change.max()), at, ours[at].item(), theirs[at].item())
