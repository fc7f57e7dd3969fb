"""``pytflite trace``: keep what every operator computed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pytflite.cli.app import app, console, print_json, table
from pytflite.cli.feeding import INPUT_HELP, inputs_from, progress_bar
from pytflite.model.read import read
from pytflite.tools.trace import Trace
from pytflite.tools.trace import trace as record


@app.command()
def trace(
    model: Annotated[Path, typer.Argument(help="a .tflite file")],
    inputs: Annotated[list[str] | None, typer.Argument(help=INPUT_HELP)] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="write the arrays to this .npz file")] = None,
    profile: Annotated[str, typer.Option(help="which arithmetic")] = "reference",
    op: Annotated[list[str] | None, typer.Option(help="only operators of this index or name; may be repeated")] = None,
    tensor: Annotated[list[int] | None, typer.Option(help="only the operator that writes this tensor")] = None,
    name: Annotated[str, typer.Option(help="only tensors whose name fits this pattern, such as '*conv*'")] = "",
    stages: Annotated[bool, typer.Option(help="keep accumulators and other named stages, too")] = False,
    seed: Annotated[int, typer.Option(help="of random inputs")] = 0,
    json: Annotated[bool, typer.Option("--json", help="print what was recorded as JSON")] = False,
) -> None:
    """Run a model once and keep every tensor and, with --stages, every named stage of every operator."""
    read_model = read(model)
    fed = inputs_from(read_model, inputs or [], seed)
    operators = [int(o) if o.isdigit() else o for o in op or []]
    with progress_bar("tracing", quiet=json) as progress:
        found = record(
            read_model,
            [fed],
            profile=profile,
            operators=operators,
            tensors=tensor or [],
            name=name,
            stages=stages,
            to=output,
            progress=progress,
        )
    if json:
        print_json(list(found.records))
    else:
        _show(found)


def _show(found: Trace) -> None:
    made = table("", ">operator", "", "stage", "type", "shape", ">min", ">max", "tensor")
    for line, array in found:
        numbers = array.size and array.dtype.kind in "iufb"
        made.add_row(
            str(line.operator) if line.operator >= 0 else "",
            line.op,
            line.stage,
            line.dtype,
            str(list(line.shape)),
            f"{array.min():g}" if numbers else "",
            f"{array.max():g}" if numbers else "",
            f"{line.tensor} {line.name}" if line.tensor >= 0 else "",
        )
    console.print(made, markup=False)
