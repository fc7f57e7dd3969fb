"""What a profile is: data that names, per operator, the rule and the requantizer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Profile:
    """The arithmetic of one runtime, on one kind of CPU, in one version.

    Keys of both mappings are operator names (``"FULLY_CONNECTED"``) or, more specific and stronger, an operator and a
    rule of it (``"CONV_2D/int16x8"``).

    Attributes:
        name: what a user types.
        reproduces: the runtime, resolver and version whose integers these are.
        requantizer: the recipe (a key of ``arithmetic.requantize.REQUANTIZERS``) where nothing else is said.
        requantizers: exceptions to it.
        rules: operator -> names of preferred rules, first match wins; an operator's own order where nothing is said.
    """

    name: str
    reproduces: str
    requantizer: str
    requantizers: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def requantizer_of(self, op: str, rule: str) -> str:
        """The requantization recipe of a rule of an operator."""
        return self.requantizers.get(f"{op}/{rule}") or self.requantizers.get(op) or self.requantizer

    def override(
        self,
        name: str,
        *,
        reproduces: str = "a user's own arithmetic",
        requantizers: Mapping[str, str] | None = None,
        rules: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Profile:
        """A new profile that differs from this one in the entries given."""
        return replace(
            self,
            name=name,
            reproduces=reproduces,
            requantizers={**self.requantizers, **(requantizers or {})},
            rules={**self.rules, **(rules or {})},
        )
