"""Which operators take which dtypes, from the declarations."""

from __future__ import annotations

from dataclasses import dataclass

from pytflite.ops._resolver import builtins


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """One dtype row of one operator, the rule that computes it, and its compiled kernel ("" for none)."""

    op: str
    types: str
    rule: str
    kernel: str
    note: str


def coverage() -> list[CoverageLine]:
    """Every dtype row of every operator that this version has."""
    return [
        CoverageLine(op.name, row.text, rule.name, rule.kernel, rule.note)
        for op in builtins()
        for rule in op.rules
        for row in rule.types
    ]
