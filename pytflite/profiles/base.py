"""What a profile is: data that names, per operator, the rule and the requantizer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pytflite.profiles.delegate import Condition, Delegate


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a profile says of an operator, or of one of its rules.

    Attributes:
        requantizer: a key of ``arithmetic.requantize.REQUANTIZERS``, "" for what is said less specifically.
        otherwise: requantizers of nodes that fulfil a condition, with the shapes that they run with; first match wins.
        rules: names of preferred rules of the operator, first match wins.
        evidence: where the runtime does so, and how that is known.
    """

    requantizer: str = ""
    otherwise: tuple[tuple[Condition, str], ...] = ()
    rules: tuple[str, ...] = ()
    evidence: str = ""

    def requantizer_of(self, node: Any) -> str:
        """The requantizer of a node (`pytflite.ops._api.Node`)."""
        return next((name for condition, name in self.otherwise if condition.holds(node)), self.requantizer)


def requantize(requantizer: str, evidence: str = "", *otherwise: tuple[Condition, str]) -> Recipe:
    """The recipe that names a requantizer, and perhaps others on conditions."""
    return Recipe(requantizer=requantizer, otherwise=otherwise, evidence=evidence)


def run(*rules: str, evidence: str = "") -> Recipe:
    """The recipe that prefers rules."""
    return Recipe(rules=rules, evidence=evidence)


@dataclass(frozen=True, slots=True)
class Profile:
    """The arithmetic of one runtime, on one kind of CPU, in one version.

    Keys of ``recipes`` are operator names (``"FULLY_CONNECTED"``) or, more specific and stronger, an operator and a
    rule of it (``"CONV_2D/int16x8"``).

    Attributes:
        name: what a user types.
        reproduces: the runtime, resolver and version whose numbers these are.
        requantizer: the requantizer where nothing else is said.
        recipes: exceptions to it, and preferred rules; an operator's own order where nothing is said.
        requires: what the runtime asks of nodes, by the same keys; it refuses others.
        clamp: how the bounds of fused activations are rounded, a key of ``arithmetic.activation.CLAMPS``.
        conversion: what becomes of floats that int32 cannot hold, a key of ``arithmetic.rounding.CONVERSIONS``.
        delegate: takes some nodes from the runtime and computes them in its own way, or None.
        instead: an operator and a rule of it -> the recipe of the rule that runs in its place.
    """

    name: str
    reproduces: str
    requantizer: str
    recipes: Mapping[str, Recipe] = field(default_factory=dict)
    requires: Mapping[str, tuple[Condition, ...]] = field(default_factory=dict)
    clamp: str = "half_away"
    conversion: str = "lowest"
    delegate: Delegate | None = None
    instead: Mapping[str, Recipe] = field(default_factory=dict)

    def requantization_of(self, op: str, rule: str) -> Recipe:
        """The recipe that names the requantizer of a rule of an operator."""
        said = (self.recipes[key] for key in (f"{op}/{rule}", op) if key in self.recipes)
        return next((recipe for recipe in said if recipe.requantizer), Recipe(self.requantizer))

    def rules_of(self, op: str) -> tuple[str, ...]:
        """The preferred rules of an operator."""
        return self.recipes[op].rules if op in self.recipes else ()

    def instead_of(self, op: str, rule: str) -> str:
        """The rule that runs in place of one: mostly itself."""
        recipe = self.instead.get(f"{op}/{rule}")
        return rule if recipe is None else recipe.rules[0]

    def required_of(self, op: str, rule: str) -> tuple[Condition, ...]:
        """What nodes that a rule of an operator computes must fulfil."""
        return (*self.requires.get(op, ()), *self.requires.get(f"{op}/{rule}", ()))

    def evidence_of(self, op: str, rule: str) -> str:
        """Why a rule of an operator runs, and its requantizer; "" where this profile says nothing of it."""
        said = [self.recipes[key] for key in (f"{op}/{rule}", op) if key in self.recipes]
        told = [recipe for recipe in said if recipe.requantizer or rule in recipe.rules]
        told += [recipe for key, recipe in self.instead.items() if key.startswith(f"{op}/") and rule in recipe.rules]
        return "; ".join(dict.fromkeys(recipe.evidence for recipe in told if recipe.evidence))

    def override(self, name: str, recipes: Mapping[str, Recipe], **changes: Any) -> Profile:
        """A new profile that differs from this one in the entries given.

        Args:
            name: of the new profile.
            recipes: what it says of operators, instead of what this one says of them.
            changes: other attributes.
        """
        changes = {"reproduces": "a user's own arithmetic", **changes}
        return replace(self, name=name, recipes={**self.recipes, **recipes}, **changes)
