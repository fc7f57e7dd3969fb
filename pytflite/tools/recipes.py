"""Which recipe each profile runs for which operator and dtypes, and what recipes are in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pytflite.arithmetic.requantize import REQUANTIZERS, requantizers_in
from pytflite.ops._api import Op, Rule, TypeRow
from pytflite.ops._resolver import builtins
from pytflite.plan.node import PreparedNode
from pytflite.profiles import NEWEST, Profile
from pytflite.profiles.delegate import Delegate


@dataclass(frozen=True, slots=True)
class RecipeLine:
    """What one profile does with one dtype row of one operator.

    Attributes:
        op: the operator.
        types: the dtype row.
        profile: name of the profile.
        recipe: the rule, with what it depends on where there are several, and the requantizer where one is named.
        delegate: who takes such nodes, if they fulfil its conditions; "" for the runtime itself.
        evidence: where the runtime does so.
        equal: how many such nodes, at least, were found equal to the real thing in every bit; for a runtime with a
            delegate those included that the delegate takes.
        source: what the profile was compared with, "" where with nothing.
    """

    op: str
    types: str
    profile: str
    recipe: str
    delegate: str
    evidence: str
    equal: int
    source: str


def recipes(profiles: Sequence[Profile], op: str = "") -> Iterator[RecipeLine]:
    """What profiles do with every dtype row of every operator.

    Args:
        profiles: in this order for every row.
        op: only operators whose name contains this.
    """
    for declared in builtins():
        if op.upper() not in declared.name:
            continue
        runs = {name for profile in profiles for each in _arithmetics(profile) for name in each.rules_of(declared.name)}
        rules = [rule for rule in declared.rules if rule.name in runs or not rule.by_name]
        for row in dict.fromkeys(row for rule in rules for row in rule.types):
            named = any(_names_requantizer(declared, row, each) for one in profiles for each in _arithmetics(one))
            for profile in profiles:
                yield from _lines(declared, row, profile, named)


def _arithmetics(profile: Profile) -> list[Profile]:
    """A profile, and what its delegate computes with."""
    return [profile] if profile.delegate is None else [profile, profile.delegate.arithmetic]


def _names_requantizer(op: Op, row: TypeRow, profile: Profile) -> bool:
    """Whether a profile says how a row is requantized."""
    said = profile.recipes.keys() & {op.name, *(f"{op.name}/{rule.name}" for rule in _rules(op, row, profile))}
    return any(profile.recipes[key].requantizer for key in said)


def _lines(op: Op, row: TypeRow, profile: Profile, named: bool) -> Iterator[RecipeLine]:
    name = profile.name.removesuffix(f"@{NEWEST}")
    source = conformance()["sources"].get(name, "")
    cases, taken, differing = _compared(op, row, name)
    line = op.name, row.text, profile.name
    yield RecipeLine(*line, *_recipe(op, row, profile, named, ""), cases - differing, source)
    delegate = profile.delegate
    if delegate is not None and _takes(delegate, op, row):
        recipe = _recipe(op, row, delegate.arithmetic, named, delegate.name)
        yield RecipeLine(*line, *recipe, max(taken - differing, 0), source)


def _compared(op: Op, row: TypeRow, profile: str) -> tuple[int, int, int]:
    """Of the cases that fit a row: how many, how many of them a delegate takes, how many differ."""
    counts = [0, 0, 0]
    for types, found in conformance()["rows"].get(op.name, {}).items():
        sides = [[None if word == "-" else word for word in side.split()] for side in types.split("->")]
        if row.matches(*sides) and profile in found:
            counts = [count + more for count, more in zip(counts, found[profile], strict=True)]
    return counts[0], counts[1], counts[2]


@cache
def conformance() -> dict[str, Any]:
    """What ``golden/conformance.py`` found: ``sources`` by profile; ``rows`` by operator, dtypes and profile."""
    found: dict[str, Any] = json.loads((files("pytflite") / "data" / "conformance.json").read_text())
    return found


def _takes(delegate: Delegate, op: Op, row: TypeRow) -> bool:
    """Whether a delegate takes nodes of a row, which may say of an input that it is optional."""
    wanted = row.text.replace("?", "").split()
    return any(
        text.replace("?", "").split() == wanted for kind in delegate.takes.get(op.name, ()) for text in kind.types
    )


def _recipe(op: Op, row: TypeRow, profile: Profile, named: bool, delegate: str) -> tuple[str, str, str]:
    rules = list(_rules(op, row, profile))
    words = [f"{rule.name}, {_requantizers(op, rule, profile)}" if named else rule.name for rule in rules]
    evidence = dict.fromkeys(filter(None, (profile.evidence_of(op.name, rule.name) for rule in rules)))
    return " or ".join(words), delegate, "; ".join(evidence)


def _requantizers(op: Op, rule: Rule, profile: Profile) -> str:
    """The requantizer of a rule, and the others with their conditions."""
    recipe = profile.requantization_of(op.name, rule.name)
    others = (f" ({name} where {condition.text})" for condition, name in recipe.otherwise)
    return "".join((recipe.requantizer, *others))


def _rules(op: Op, row: TypeRow, profile: Profile) -> Iterator[Rule]:
    """The rules that a profile may run for a row, those first that ask for more than dtypes."""
    refused: set[str] = set()

    def accepts(rule: Rule) -> bool:
        return rule.name not in refused

    sides = [[word.rstrip("?*") for word in side.split()] for side in row.text.split("->")]
    while (rule := op.select(sides[0], sides[1], profile, accepts)) is not None:
        yield rule
        if rule.when is None:
            return
        refused.add(rule.name)


def requantizers_of(lines: Iterable[RecipeLine]) -> dict[str, str]:
    """The requantizers that lines name, and what they are in words."""
    words = {word for line in lines for word in re.findall(r"[,(] ?(\w+)", line.recipe)}
    return {name: _first_sentence(kind) for name, kind in REQUANTIZERS.items() if name in words}


def in_words(node: PreparedNode) -> str:
    """The arithmetic of a prepared node: what its rule and its requantizers say of themselves."""
    return f"rule {node.rule.name}: {_first_sentence(node.rule.define)} {requantization_in_words(node)}".strip()


def requantization_in_words(node: PreparedNode) -> str:
    """What the requantizers of a prepared node say of themselves."""
    return " ".join(dict.fromkeys(_first_sentence(type(each)) for each in requantizers_in(node.params)))


def _first_sentence(thing: object) -> str:
    return (thing.__doc__ or "").strip().split("\n")[0]
