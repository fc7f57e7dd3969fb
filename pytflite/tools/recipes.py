"""Which recipe each profile runs for which operator and dtypes, and what recipes are in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pytflite.arithmetic.requantize import requantizers_in
from pytflite.ops._api import Op, Rule, TypeRow
from pytflite.ops._resolver import builtins
from pytflite.plan.node import PreparedNode
from pytflite.profiles import Profile
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
    """

    op: str
    types: str
    profile: str
    recipe: str
    delegate: str
    evidence: str


def recipes(profiles: Sequence[Profile], op: str = "") -> Iterator[RecipeLine]:
    """What profiles do with every dtype row of every operator.

    Args:
        profiles: in this order for every row.
        op: only operators whose name contains this.
    """
    for declared in builtins():
        if op.upper() in declared.name:
            for row in dict.fromkeys(row for rule in declared.rules for row in rule.types):
                for profile in profiles:
                    yield from _lines(declared, row, profile)


def _lines(op: Op, row: TypeRow, profile: Profile) -> Iterator[RecipeLine]:
    yield RecipeLine(op.name, row.text, profile.name, *_recipe(op, row, profile, ""))
    delegate = profile.delegate
    if delegate is not None and _takes(delegate, op, row):
        yield RecipeLine(op.name, row.text, profile.name, *_recipe(op, row, delegate.arithmetic, delegate.name))


def _takes(delegate: Delegate, op: Op, row: TypeRow) -> bool:
    """Whether a delegate takes nodes of a row, which may say of an input that it is optional."""
    wanted = row.text.replace("?", "").split()
    return any(
        text.replace("?", "").split() == wanted for kind in delegate.takes.get(op.name, ()) for text in kind.types
    )


def _recipe(op: Op, row: TypeRow, profile: Profile, delegate: str) -> tuple[str, str, str]:
    rules = list(_rules(op, row, profile))
    said = profile.recipes.keys() & {op.name, *(f"{op.name}/{rule.name}" for rule in rules)}
    named = any(profile.recipes[key].requantizer for key in said)
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


def in_words(node: PreparedNode) -> str:
    """The arithmetic of a prepared node: what its rule and its requantizers say of themselves."""
    return f"rule {node.rule.name}: {_first_sentence(node.rule.define)} {requantization_in_words(node)}".strip()


def requantization_in_words(node: PreparedNode) -> str:
    """What the requantizers of a prepared node say of themselves."""
    return " ".join(dict.fromkeys(_first_sentence(type(each)) for each in requantizers_in(node.params)))


def _first_sentence(thing: object) -> str:
    return (thing.__doc__ or "").strip().split("\n")[0]
