"""``pytflite profiles``: what the profiles are, and which recipe each runs."""

from __future__ import annotations

from itertools import groupby
from typing import Annotated

import typer
from rich.table import Table

from pytflite.cli.app import app, console, print_json, table
from pytflite.profiles import MEANT, NEWEST, PROFILES, SUFFIX
from pytflite.tools.recipes import RecipeLine, conformance, recipes, requantizers_of
from pytflite.tools.running import named_profile


@app.command()
def profiles(
    names: Annotated[list[str] | None, typer.Argument(help="profiles; without any, all are listed")] = None,
    op: Annotated[str, typer.Option(help="only operators whose name contains this")] = "",
    every: Annotated[bool, typer.Option("--all", help="show rows that are the same under all, too")] = False,
    json: Annotated[bool, typer.Option("--json", help="print the rows as JSON")] = False,
) -> None:
    """List profiles; of those named (and reference) the recipe of every operator and dtype, with the evidence."""
    if not names:
        sources = conformance()["sources"]
        listed = [(*each, sources.get(each[0].removesuffix(f"@{NEWEST}"), "")) for each in _reproduced()]
        if json:
            print_json([dict(zip(("name", "reproduces", "compared_with"), each, strict=True)) for each in listed])
            return
        made = table("", "profile", "reproduces", "compared with")
        for each in listed:
            made.add_row(*each)
        console.print(made, markup=False)
        console.print(
            f"\nWith {SUFFIX} after the name of any, what is meant instead of a bug of the runtime:", markup=False
        )
        for key, recipe in MEANT.items():
            console.print(f"{key} becomes {recipe.rules[0]}: {recipe.evidence}", markup=False)
        return
    chosen = [named_profile(name) for name in dict.fromkeys(["reference", *names])]
    lines = list(recipes(chosen, op))
    if json:
        print_json(lines)
        return
    made = table("", "operator", "dtypes", "profile", "recipe", "evidence", ">equal cases")
    shown: list[RecipeLine] = []
    for _, rows in groupby(lines, key=lambda line: (line.op, line.types)):
        shown += _add(made, list(rows), every)
    console.print(made, markup=False)
    for name, words in requantizers_of(shown).items():
        console.print(f"{name}: {words}", markup=False)
    for profile in chosen:
        source = conformance()["sources"].get(profile.name.removesuffix(f"@{NEWEST}"))
        console.print(f"{profile.name}: {f'compared with {source}' if source else 'not compared yet'}", markup=False)


def _reproduced() -> list[tuple[str, str]]:
    """Every profile and what it reproduces."""
    return [(profile.name, profile.reproduces) for profile in PROFILES.values()]


def _add(made: Table, rows: list[RecipeLine], every: bool) -> list[RecipeLine]:
    """Add the rows of one operator and dtypes, unless all profiles agree; what was added."""
    if not every and len({row.recipe for row in rows}) == 1:
        return []
    name, types = rows[0].op, rows[0].types
    for row in rows:
        profile = f"{row.profile}, taken by {row.delegate}" if row.delegate else row.profile
        made.add_row(name, types, profile, row.recipe, row.evidence, str(row.equal) if row.equal else "")
        name = types = ""
    return rows
