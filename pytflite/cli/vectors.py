"""``pytflite vectors``: golden test vectors for firmware and hardware."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pytflite.cli.app import app, console, print_json, table
from pytflite.cli.feeding import INPUT_HELP, inputs_from, progress_bar
from pytflite.model.read import read
from pytflite.tools.vectors import FORMATS
from pytflite.tools.vectors import vectors as write


@app.command()
def vectors(
    model: Annotated[Path, typer.Argument(help="a .tflite file")],
    folder: Annotated[Path, typer.Argument(help="where to write; made when it is not there")],
    inputs: Annotated[list[str] | None, typer.Argument(help=INPUT_HELP)] = None,
    op: Annotated[list[str] | None, typer.Option(help="only operators of this index or name; may be repeated")] = None,
    format: Annotated[list[str] | None, typer.Option(help=f"which of {', '.join(FORMATS)}; may be repeated")] = None,
    profile: Annotated[str, typer.Option(help="which arithmetic")] = "reference",
    seed: Annotated[int, typer.Option(help="of random inputs")] = 0,
    json: Annotated[bool, typer.Option("--json", help="print the manifest")] = False,
) -> None:
    """Write inputs, weights, multipliers, accumulators and outputs of every operator as .npz, raw, hex, C and SV."""
    read_model = read(model)
    with progress_bar("writing", quiet=json) as progress:
        made = write(
            read_model,
            inputs_from(read_model, inputs or [], seed),
            folder,
            operators=[int(o) if o.isdigit() else o for o in op or []],
            formats=format or list(FORMATS),
            profile=profile,
            progress=progress,
        )
    if json:
        print_json(made)
        return
    shown = table("", ">operator", "", "requantizer", "arrays")
    for line in made.operators:
        shown.add_row(str(line.operator), line.op, line.requantizer, ", ".join(array.name for array in line.arrays))
    console.print(shown, markup=False)
    console.print(f"{len(made.files)} files and manifest.json in {folder}, profile {made.profile}.", markup=False)
