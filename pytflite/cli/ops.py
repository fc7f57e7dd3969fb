"""``pytflite ops``: what this version can run."""

from __future__ import annotations

from itertools import groupby
from typing import Annotated

import typer

from pytflite.cli.app import app, console, print_json, table
from pytflite.profiles import PROFILES
from pytflite.tools.coverage import CoverageLine, coverage


@app.command()
def ops(
    name: Annotated[str, typer.Argument(help="only operators whose name contains this")] = "",
    json: Annotated[bool, typer.Option("--json", help="print the rows as JSON")] = False,
) -> None:
    """List operators, the dtypes they take, and the rule that computes each."""
    lines = [line for line in coverage() if name.upper() in line.op]
    if json:
        print_json(lines)
        return
    made = table("", "operator", "rule", "dtypes", "kernel")
    for op, rows in groupby(lines, key=lambda line: line.op):
        for rule, group in groupby(rows, key=lambda line: line.rule):
            listed = list(group)
            made.add_row(op, rule, _types(listed), listed[0].kernel)
            op = ""
    console.print(made, markup=False)
    count = len({line.op for line in lines})
    console.print(f"{count} operators, {len(lines)} dtype rows; profiles: {', '.join(PROFILES)}", markup=False)


def _types(lines: list[CoverageLine], most: int = 8) -> str:
    more = f"; and {len(lines) - most} more" if len(lines) > most else ""
    return "; ".join(line.types for line in lines[:most]) + more
