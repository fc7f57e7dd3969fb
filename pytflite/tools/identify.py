"""Which arithmetic made these numbers: every operator of a dump under all profiles and under known deviations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite import markup
from pytflite.errors import PytfliteError
from pytflite.model.types import Model, Operator, Tensor
from pytflite.ops._api import Op
from pytflite.ops._resolver import OpResolver
from pytflite.profiles import PROFILES, Profile
from pytflite.runtime.state import initial_value
from pytflite.tools.apart import Apart, tell_apart
from pytflite.tools.candidates import Candidate, Trial
from pytflite.tools.cases import Case, Rows, cut, same_arithmetic
from pytflite.tools.deviations import DEVIATIONS, REQUANTIZATION, Deviation, other_inputs
from pytflite.tools.running import Inputs, Progress, Source, bind, model_of, named_profile, no_progress
from pytflite.tools.sides import Against, Side, is_quantized, side_of

Array = npt.NDArray[Any]

SLACK = 4
"""Ways of requantizing differ by less than this; what is further off is not tried under each of them."""


NEAREST = 12
"""So many contradicted deviations are told."""


@dataclass(frozen=True, slots=True)
class Identified:
    """What became of one operator.

    Attributes:
        operator: index of the operator.
        op: its name.
        tensor: index of its first output.
        name: of that.
        elements: of all its outputs in the dump, over all invokes.
        consistent: the candidates that no element contradicts, those without deviation first.
        contradicted: the others, the nearest first; of those with a deviation only some.
        apart: the smallest input that tells the first two consistent arithmetics apart, None where there are not two or
            none was found.
        verdict: one sentence.
    """

    operator: int
    op: str
    tensor: int
    name: str
    elements: int
    consistent: tuple[Candidate, ...]
    contradicted: tuple[Candidate, ...]
    apart: Apart | None
    verdict: str

    @property
    def is_plain(self) -> bool:
        """Whether an arithmetic without deviation explains it."""
        return any(not candidate.deviation for candidate in self.consistent)


@dataclass(frozen=True, slots=True)
class Identity:
    """What was found about a dump.

    Attributes:
        dump: its name.
        operators: in the order of execution; those of which the dump holds no output are left out.
        profiles: the profiles that explain every operator.
        arithmetics: the other requantizations that explain every operator that requantizes.
        nearest: the profile that explains most operators.
        notes: what is missing, was converted or could not be looked at.
        verdict: one sentence.
    """

    dump: str
    operators: tuple[Identified, ...]
    profiles: tuple[str, ...]
    arithmetics: tuple[str, ...]
    nearest: str
    notes: tuple[str, ...]
    verdict: str

    def _repr_html_(self) -> str:
        """The verdicts, for notebooks."""
        rows = ((line.operator, line.op, line.name, line.elements, line.verdict) for line in self.operators)
        return markup.table(f"{self.dump}: {self.verdict}", ("", "operator", "tensor", "elements", "made by"), rows)

    @property
    def is_known(self) -> bool:
        """Whether something was compared, and one profile or requantization explains all of it."""
        return bool(self.operators) and bool(self.profiles or self.arithmetics)


def identify(
    model: Source,
    against: Against | Sequence[Against],
    *invokes: Inputs,
    profiles: Sequence[str | Profile] = (),
    exhaustive: bool = False,
    progress: Progress = no_progress,
) -> Identity:
    """Find the arithmetic that made the tensors of a dump.

    Every operator is computed from the inputs that the dump holds for it, under each profile, under other
    requantizations and, if none of these explains it, under every deviation of `pytflite.tools.deviations` on top of
    them. Inputs that the dump does not hold are computed from what it holds, under each profile.

    Args:
        model: path, bytes or `Model`.
        against: the dump, or anything else that `pytflite.tools.sides.side_of` takes; a list of them for several
            invokes.
        invokes: the inputs of each invoke: a list of arrays, or arrays by tensor name.
        profiles: which to try, by default all.
        exhaustive: try deviations of operators that are explained without, too.
        progress: told about every operator.

    Raises:
        ArgumentError: there is nothing to be read, or the inputs do not fit.
    """
    model = model_of(model)
    chosen = [named_profile(profile) for profile in profiles or PROFILES.values()]
    fed = [bind(model, inputs) for inputs in invokes]
    other = side_of(model, against)
    sides = [other(arrays) for arrays in fed]
    search = _Search(model, chosen, fed, sides, exhaustive)
    found: list[Identified] = []
    for operator in model.main.operators:
        progress(operator.index + 1, len(model.main.operators), operator.name)
        found += search.look_at(operator)
    notes = (
        *dict.fromkeys(note for side in sides for note in side.notes),
        *_of_inputs(model, fed, sides),
        *search.notes,
    )
    return _identity(sides[0].name, found, chosen, notes)


def _of_inputs(model: Model, fed: Sequence[Mapping[int, Array]], sides: Sequence[Side]) -> Iterator[str]:
    """What the dump says of the inputs, where they are not those that were given."""
    for index in model.main.inputs:
        held = [(a[index], side.tensors[index]) for a, side in zip(fed, sides, strict=True) if index in side.tensors]
        if all(np.array_equal(given, dumped) for given, dumped in held):
            continue
        tensor = model.main.tensors[index]
        known = _known_input(tensor, held)
        said = f": it is {known}" if known else ""
        yield f"The dump's input '{tensor.name}' is not the one given{said}. The dump's is used."


def _known_input(tensor: Tensor, held: Sequence[tuple[Array, Array]]) -> str:
    """What made the inputs of a dump from those given, "" for nothing known."""
    if all(_are_off(*pair) for pair in held):
        return "off by 128"
    made = [dict(other_inputs(given, tensor)) for given, _ in held] if is_quantized(tensor) else [{}]
    fits = (w for w in made[0] if all(np.array_equal(m[w], dumped) for m, (_, dumped) in zip(made, held, strict=True)))
    return next(fits, "")


def _are_off(given: Array, dumped: Array) -> bool:
    return given.dtype.itemsize == 1 and np.array_equal(given.view(np.uint8) ^ 128, dumped.view(np.uint8))


# ----------------------------------------------------------------------------------------------------- one operator


@dataclass
class _Base:
    """An arithmetic without deviation.

    Attributes:
        names: of it.
        cases: one for each invoke.
    """

    names: list[str]
    cases: list[Case]


@dataclass
class _Search:
    """Walks over the operators and holds what is known of the tensors."""

    model: Model
    profiles: list[Profile]
    fed: list[dict[int, Array]]
    sides: list[Side]
    exhaustive: bool
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.resolver = OpResolver()
        self.computed: list[dict[str, dict[int, Array]]] = [{p.name: {} for p in self.profiles} for _ in self.fed]
        self.constants: dict[int, Array | None] = {}
        self.told: set[tuple[str, tuple[str, ...], tuple[str, ...]]] = set()

    def look_at(self, operator: Operator) -> list[Identified]:
        """Judge one operator; nothing where the dump holds none of its outputs, which are computed then."""
        op = self.resolver.find(operator)
        if op is None or op.stateful or op.calls:
            self.notes.append(f"Operator {operator.index} ({operator.name}) cannot be run by itself.")
            return []
        bases = self._bases(operator, op)
        if not bases:
            self.notes.append(
                f"Operator {operator.index} ({operator.name}) is not looked at: its inputs are not known."
            )
            return []
        held = [{i: side.tensors[i] for i in operator.outputs if i in side.tensors} for side in self.sides]
        if not all(held):
            self._compute(operator, bases)
            return []
        return [_judge(self, operator, bases, [[h.get(i) for i in operator.outputs] for h in held])]

    def _bases(self, operator: Operator, op: Op) -> list[_Base]:
        """What the profiles do, each arithmetic on the same inputs once."""
        found: list[_Base] = []
        roles = [op.input_roles[min(i, len(op.input_roles) - 1)].name for i in range(len(operator.inputs))]
        for alike in self._alike(op):
            try:
                cases = self._cases(operator, op, roles, alike[0])
            except PytfliteError:
                continue
            if not cases:
                continue
            names = [profile.name for profile in alike]
            same = next((base for base in found if _are_same(base.cases, cases)), None)
            if same is None:
                found.append(_Base(names, cases))
            else:
                same.names += names
        return found

    def _alike(self, op: Op) -> list[list[Profile]]:
        """The profiles, those together that say the same of an operator and know the same of its inputs."""
        groups: list[tuple[Any, list[Profile]]] = []
        for profile in self.profiles:
            said = _said(profile, op.name), *(computed[profile.name] for computed in self.computed)
            for other, group in groups:
                if _is_said(said, other):
                    group.append(profile)
                    break
            else:
                groups.append((said, [profile]))
        return [group for _, group in groups]

    def _cases(self, operator: Operator, op: Op, roles: Sequence[str], profile: Profile) -> list[Case]:
        """The operator in every invoke, [] where an input is not known."""
        cases: list[Case] = []
        states: dict[int, Array] = {}
        mutated = set(op.mutates.split())
        for invoke in range(len(self.fed)):
            arrays: list[Array | None] = []
            for index, role in zip(operator.inputs, roles, strict=True):
                if role in mutated and index >= 0:
                    tensor = self.model.main.tensors[index]
                    array: Array | None = states.get(index, initial_value(tensor, tensor.shape))
                else:
                    array = self._value(invoke, index, profile)
                if array is None and index >= 0:
                    return []
                arrays.append(array)
            cases.append(cut(self.model, operator, roles, arrays, profile))
            if mutated:
                places = cases[-1].node.operator.inputs
                made = cases[-1].node.run(arrays)[1]
                after = self.sides[invoke].tensors
                numbered = zip(operator.inputs, places, strict=True)
                states = {index: after.get(index, made[place]) for index, place in numbered if place in made}
        return cases

    def _value(self, invoke: int, index: int, profile: Profile) -> Array | None:
        """A tensor as the dump has it, else as it is fed, computed under a profile, or constant."""
        for store in (self.sides[invoke].tensors, self.fed[invoke], self.computed[invoke][profile.name]):
            if index in store:
                return store[index]
        if index >= 0 and index not in self.constants:
            self.constants[index] = self.model.constant(self.model.main.tensors[index])
        return self.constants.get(index)

    def _compute(self, operator: Operator, bases: Sequence[_Base]) -> None:
        for base in bases:
            for invoke, case in enumerate(base.cases):
                try:
                    outputs = case.node.run(case.arrays)[0]
                except PytfliteError:
                    continue
                for name in base.names:
                    self.computed[invoke][name].update(zip(operator.outputs, outputs, strict=True))


def _said(profile: Profile, op: str) -> Any:
    """All that a profile says of an operator."""
    recipes = {key: recipe for key, recipe in profile.recipes.items() if key.split("/")[0] == op}
    delegate = profile.delegate
    delegated = (
        None if delegate is None or op not in delegate.takes else (delegate.takes[op], _said(delegate.arithmetic, op))
    )
    return profile.requantizer, profile.clamp, recipes, delegated


def _is_said(one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Whether two profiles say the same, and hold the same computed tensors."""
    return one[0] == other[0] and all(
        a.keys() == b.keys() and all(a[i] is b[i] for i in a) for a, b in zip(one[1:], other[1:], strict=True)
    )


def _are_same(one: Sequence[Case], other: Sequence[Case]) -> bool:
    return all(
        all(a is b for a, b in zip(left.arrays, right.arrays, strict=True)) and same_arithmetic(left.node, right.node)
        for left, right in zip(one, other, strict=True)
    )


def _judge(search: _Search, operator: Operator, bases: list[_Base], observed: list[list[Array | None]]) -> Identified:
    trial = Trial(observed)
    everything = [*bases, *_requantizations(bases[0], bases)]
    plain = [made for base in everything if (made := trial.candidate(base.names, "", "", base.cases.__getitem__))]
    consistent = [candidate for candidate in plain if not candidate.differing]
    contradicted = [candidate for candidate in plain if candidate.differing]
    if search.exhaustive or not consistent:
        trial.rows = _telling_rows(trial, bases[0])
        for candidate in _deviating(trial, everything):
            (contradicted if candidate.differing else consistent).append(candidate)
    contradicted.sort(key=lambda c: (c.differing / max(c.compared, 1), c.largest))
    apart = _told_apart(search, operator, consistent, everything)
    first = search.model.main.tensors[operator.outputs[0]]
    elements = sum(array.size for outputs in observed for array in outputs if array is not None)
    verdict = _operator_verdict(consistent, contradicted, first.dtype.numpy.kind == "f")
    return Identified(
        operator.index,
        operator.name,
        first.index,
        first.name,
        elements,
        tuple(consistent),
        tuple(_told(contradicted)),
        apart,
        verdict,
    )


def _told(contradicted: Sequence[Candidate]) -> Iterator[Candidate]:
    """The nearest of what is contradicted, and all that has no deviation."""
    nearest = [candidate for candidate in contradicted if candidate.deviation][:NEAREST]
    return (candidate for candidate in contradicted if not candidate.deviation or candidate in nearest)


def _requantizations(base: _Base, bases: Sequence[_Base]) -> list[_Base]:
    """The other requantizations; the names of those that are a profile's are added to that."""
    made: list[_Base] = []
    variants = [dict(REQUANTIZATION.variants(case)) for case in base.cases]
    for words in variants[0]:
        cases = [variant[words] for variant in variants]
        try:
            same = next((other for other in (*bases, *made) if _are_same(other.cases, cases)), None)
        except (PytfliteError, AttributeError):
            continue
        if same is None:
            made.append(_Base([words], cases))
        else:
            same.names.append(words)
    return made


def _telling_rows(trial: Trial, base: _Base) -> Rows | None:
    """The row of an image where an arithmetic differs most from the dump."""
    theirs = trial.observed[0][0]
    if theirs is None or theirs.ndim != 4 or not hasattr(base.cases[0].node.params, "window"):
        return None
    ours = trial.bench.outputs(base.cases[0])[0]
    if ours.shape != theirs.shape:
        return None
    return Rows(int((ours != theirs).sum((0, 2, 3)).argmax()), 1)


def _deviating(trial: Trial, bases: Sequence[_Base]) -> Iterator[Candidate]:
    """Every deviation, on top of the first arithmetic and, if that comes near, on top of the others."""
    for deviation in DEVIATIONS:
        near: dict[str, bool] = {}
        for base in bases:
            variants = _Variants(deviation, base)
            for said in near or variants.words:
                made = trial.candidate(base.names, deviation.kind, said, partial(variants.case, said))
                if made is not None:
                    yield made
                    near[said] = made.largest <= SLACK
            near = {said: True for said, is_near in near.items() if is_near}
            if not near:
                break


class _Variants:
    """What a deviation makes of an arithmetic.

    Args:
        deviation: the deviation.
        base: the arithmetic.
    """

    def __init__(self, deviation: Deviation, base: _Base) -> None:
        self._deviation = deviation
        self._base = base
        self._made: dict[int, dict[str, Case]] = {}

    @property
    def words(self) -> list[str]:
        """For each variant; none where the operator cannot be prepared."""
        return list(self._of(0))

    def case(self, words: str, invoke: int) -> Case | None:
        """A variant in one invoke, None when there is none."""
        return self._of(invoke).get(words)

    def _of(self, invoke: int) -> dict[str, Case]:
        if invoke not in self._made:
            try:
                self._made[invoke] = dict(self._deviation.variants(self._base.cases[invoke]))
            except PytfliteError:
                self._made[invoke] = {}
        return self._made[invoke]


def _told_apart(
    search: _Search, operator: Operator, consistent: Sequence[Candidate], bases: Sequence[_Base]
) -> Apart | None:
    """What tells the first two arithmetics apart; once for each operator and pair of them."""
    plain = [candidate.arithmetic for candidate in consistent if not candidate.deviation][:2]
    if len(plain) < 2 or (operator.name, *plain) in search.told:
        return None
    search.told.add((operator.name, plain[0], plain[1]))
    one, other = (next(base.cases[0] for base in bases if tuple(base.names) == names) for names in plain)
    return tell_apart(one, other, (plain[0][0], plain[1][0]))


# --------------------------------------------------------------------------------------------------------- verdicts


def _operator_verdict(consistent: Sequence[Candidate], contradicted: Sequence[Candidate], is_float: bool) -> str:
    if consistent:
        first = consistent[0]
        more = len(consistent) - 1
        also = f"; {more} other candidate{'s' * (more > 1)} would give the same here" if more else ""
        return f"{first.words}{also}"
    if not contradicted:
        return "none of what I know can be run on it"
    nearest = contradicted[0]
    kind = (
        "floats, of which the last bits depend on the order of sums: nearest is"
        if is_float
        else "none of what I know; nearest is"
    )
    share = nearest.differing / nearest.compared
    return f"{kind} {nearest.words}, which {share:.2%} of the elements contradict by at most {nearest.largest:g}"


def _identity(dump: str, found: list[Identified], profiles: Sequence[Profile], notes: tuple[str, ...]) -> Identity:
    labels = [{name for c in one.consistent if not c.deviation for name in c.arithmetic} for one in found]
    names = [profile.name for profile in profiles]
    explains = tuple(name for name in names if found and all(name in each for each in labels))
    ways = dict.fromkeys(name for one in found for c in (*one.consistent, *one.contradicted) for name in c.arithmetic)
    tried = [
        {name for c in (*one.consistent, *one.contradicted) if not c.deviation for name in c.arithmetic}
        for one in found
    ]
    other = tuple(
        name
        for name in ways
        if name not in names
        and found
        and all(name in own if name in all_names else bool(own) for own, all_names in zip(labels, tried, strict=True))
    )
    nearest = max(names, key=lambda name: sum(name in each for each in labels))
    verdict = _verdict(dump, found, explains, other, nearest, labels)
    return Identity(dump, tuple(found), explains, other, nearest, notes, verdict)


def _verdict(
    dump: str,
    found: Sequence[Identified],
    explains: Sequence[str],
    other: Sequence[str],
    nearest: str,
    labels: Sequence[set[str]],
) -> str:
    if not found:
        return f"{dump} holds no output of an operator that can be looked at."
    if explains:
        more = f" (as are those of {', '.join(explains[1:])})" if len(explains) > 1 else ""
        return f"All {len(found)} operators of {dump} are those of profile {explains[0]}{more}."
    if other:
        return f"All {len(found)} operators of {dump} are explained by: {'; or '.join(other[:3])}. No profile does."
    count = sum(nearest in each for each in labels)
    rest = [one for one, each in zip(found, labels, strict=True) if nearest not in each]
    first = rest[0]
    unknown = [one for one in rest if not one.consistent]
    tail = (
        f" {len(unknown)} operators are explained by nothing I know, first {unknown[0].operator} ({unknown[0].op})."
        if unknown
        else ""
    )
    return (
        f"Profile {nearest} explains {count} of {len(found)} operators of {dump}; the first that it does not is "
        f"{first.operator} ({first.op}): {first.verdict}.{tail}"
    )
