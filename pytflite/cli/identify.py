"""``pytflite identify``: which arithmetic made these numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pytflite.cli.app import app, console, print_json, table
from pytflite.cli.feeding import INVOKE_HELP, invokes_from, progress_bar
from pytflite.errors import ArgumentError
from pytflite.model.read import read
from pytflite.tools.identify import Identified, Identity
from pytflite.tools.identify import identify as find


@app.command()
def identify(
    model: Annotated[Path, typer.Argument(help="a .tflite file")],
    inputs: Annotated[list[str] | None, typer.Option(help=INVOKE_HELP)] = None,
    dump: Annotated[
        list[str] | None, typer.Option(help="of an invoke: a dump of tensors, or what else diff takes; default: litert")
    ] = None,
    profile: Annotated[list[str] | None, typer.Option(help="only this arithmetic; may be repeated")] = None,
    exhaustive: Annotated[
        bool, typer.Option(help="try deviations of operators that are explained without, too")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="show operators that the profile explains, too")] = False,
    op: Annotated[int | None, typer.Option(help="show every candidate for the operator of this index")] = None,
    seed: Annotated[int, typer.Option(help="of random inputs")] = 0,
    json: Annotated[bool, typer.Option("--json", help="print everything as JSON")] = False,
) -> None:
    """Find the arithmetic that made a dump, operator by operator. Exit code 1: no single arithmetic explains it."""
    read_model = read(model)
    against = dump or ["litert"]
    invokes = invokes_from(read_model, inputs or [], against, seed)
    with progress_bar("identifying", quiet=json) as progress:
        found = find(
            read_model,
            against if len(against) > 1 else against[0],
            *invokes,
            profiles=profile or (),
            exhaustive=exhaustive,
            progress=progress,
        )
    if json:
        print_json(found)
    elif op is not None:
        _show_candidates(found, op)
    else:
        _show(found, every)
    if not found.is_known:
        raise typer.Exit(1)


def _show(found: Identity, every: bool) -> None:
    made = table("", ">operator", "", ">elements", "made by")
    lines = [line for line in found.operators if every or not (found.is_known or _is_plain(line, found))]
    for line in lines:
        made.add_row(str(line.operator), line.op, str(line.elements), line.verdict)
    if lines:
        console.print(made, markup=False)
    for line in found.operators:
        if line.apart is not None and (every or line in lines):
            console.print(f"operator {line.operator} ({line.op}): {line.apart.words}", markup=False)
    for note in found.notes:
        console.print(f"note: {note}", markup=False)
    console.print(found.verdict, markup=False)


def _show_candidates(found: Identity, op: int) -> None:
    line = next((line for line in found.operators if line.operator == op), None)
    if line is None:
        raise ArgumentError(f"Operator {op} is not among those looked at: {', '.join(_indices(found)) or 'none'}.")
    made = table(f"operator {op}, {line.op}: {line.verdict}", "candidate", ">contradicted by", ">at most", "first")
    for candidate in (*line.consistent, *line.contradicted):
        share = f"{candidate.differing} of {candidate.compared}"
        where = f"{list(candidate.at)}: {candidate.computed}, not {candidate.dumped}" if candidate.at else ""
        made.add_row(candidate.words, share, f"{candidate.largest:g}", where)
    console.print(made, markup=False)
    if line.apart is not None:
        console.print(line.apart.words, markup=False)


def _indices(found: Identity) -> list[str]:
    return [str(line.operator) for line in found.operators]


def _is_plain(line: Identified, found: Identity) -> bool:
    """Whether the profile that explains most explains an operator."""
    return any(found.nearest in candidate.arithmetic and not candidate.deviation for candidate in line.consistent)
