"""``pytflite profiles``: what the profiles are, and which recipe each runs."""

from __future__ import annotations

from itertools import groupby
from typing import Annotated

import typer
from rich.table import Table

from pytflite.cli.app import app, console, print_json, table
from pytflite.profiles import MEANT, PROFILES, SUFFIX
from pytflite.tools.recipes import RecipeLine, recipes
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
        if json:
            print_json([{"name": profile.name, "reproduces": profile.reproduces} for profile in PROFILES.values()])
            return
        made = table("", "profile", "reproduces")
        for profile in PROFILES.values():
            made.add_row(profile.name, profile.reproduces)
        made.add_row(f"any{SUFFIX}", "the same without the bugs of the runtime:")
        for key, recipe in MEANT.items():
            made.add_row("", f"{key} becomes {recipe.rules[0]}: {recipe.evidence}")
        console.print(made, markup=False)
        return
    chosen = [named_profile(name) for name in dict.fromkeys(["reference", *names])]
    lines = list(recipes(chosen, op))
    if json:
        print_json(lines)
        return
    made = table("", "operator", "dtypes", "profile", "recipe", "evidence")
    for (name, types), rows in groupby(lines, key=lambda line: (line.op, line.types)):
        _add(made, name, types, list(rows), every)
    console.print(made, markup=False)


def _add(made: Table, name: str, types: str, rows: list[RecipeLine], every: bool) -> None:
    """Add the rows of one operator and dtypes, unless all profiles agree."""
    if not every and len({row.recipe for row in rows}) == 1:
        return
    for row in rows:
        profile = f"{row.profile}, taken by {row.delegate}" if row.delegate else row.profile
        made.add_row(name, types, profile, row.recipe, row.evidence)
        name = types = ""
