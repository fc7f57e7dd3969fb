"""``pytflite diff``: where two runs part."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pytflite.cli.app import app, console, print_json, table
from pytflite.cli.feeding import INPUT_HELP, INVOKE_HELP, inputs_from, invokes_from, progress_bar
from pytflite.model.read import read
from pytflite.tools.diff import Diff
from pytflite.tools.diff import diff as compare


@app.command()
def diff(
    model: Annotated[Path, typer.Argument(help="a .tflite file")],
    against: Annotated[
        str, typer.Argument(help="a profile, litert or litert:RESOLVER, another .tflite file, or a dump of tensors")
    ],
    inputs: Annotated[list[str] | None, typer.Argument(help=INPUT_HELP)] = None,
    profile: Annotated[str, typer.Option(help="which arithmetic is ours")] = "reference",
    other_profile: Annotated[str, typer.Option(help="which arithmetic another model has")] = "reference",
    next_inputs: Annotated[list[str] | None, typer.Option(help=INVOKE_HELP)] = None,
    next_against: Annotated[
        list[str] | None, typer.Option(help="what a further invoke is compared with, if that is another dump")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="show tensors that are equal, too")] = False,
    seed: Annotated[int, typer.Option(help="of random inputs")] = 0,
    json: Annotated[bool, typer.Option("--json", help="print everything as JSON")] = False,
) -> None:
    """Compare a run with another, operator by operator: what is made here, what is inherited. Exit code 1: unequal."""
    read_model = read(model)
    sides = [against, *(next_against or [])]
    if inputs:
        further = invokes_from(read_model, next_inputs, [], seed) if next_inputs else []
        invokes = [inputs_from(read_model, inputs, seed), *further]
    else:
        invokes = invokes_from(read_model, next_inputs or [], sides, seed)
    with progress_bar("comparing", quiet=json) as progress:
        found = compare(
            read_model,
            sides if next_against else against,
            *invokes,
            profile=profile,
            other_profile=other_profile,
            progress=progress,
        )
    if json:
        print_json(found)
    else:
        _show(found, every)
    if not found.equal:
        raise typer.Exit(1)


def _show(found: Diff, every: bool) -> None:
    made = table("", ">operator", "", ">equal", ">max", ">SQNR", "verdict")
    lines = [line for line in found.tensors if every or line.differing]
    for line in lines:
        sqnr = "" if line.sqnr is None else f"{line.sqnr:.1f} dB"
        made.add_row(str(line.operator), line.op, f"{line.equal:.2%}", f"{line.largest:g}", sqnr, line.verdict)
    if lines:
        console.print(made, markup=False)
    for note in found.notes:
        console.print(f"note: {note}", markup=False)
    console.print(found.verdict, markup=False)
