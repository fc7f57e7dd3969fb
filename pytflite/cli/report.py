"""``pytflite report``: one page about a run."""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import Annotated

import typer

from pytflite.cli.app import app, console, print_json
from pytflite.cli.feeding import INPUT_HELP, inputs_from, progress_bar
from pytflite.model.read import read
from pytflite.tools.report import report as report_on


@app.command()
def report(
    model: Annotated[Path, typer.Argument(help="a .tflite file")],
    inputs: Annotated[list[str] | None, typer.Argument(help=INPUT_HELP)] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="the .html file to write")] = Path("report.html"),
    against: Annotated[
        list[str] | None,
        typer.Option(help="a profile, litert:RESOLVER, a .tflite file or a dump, as for diff; may be repeated"),
    ] = None,
    profile: Annotated[str, typer.Option(help="which arithmetic")] = "reference",
    explanations: Annotated[int, typer.Option(help="how many operators to explain at their worst element")] = 16,
    accumulators: Annotated[bool, typer.Option(help="recompute accumulators, to tell their bits")] = True,
    node_data: Annotated[
        Path | None, typer.Option(help="write node data for Model Explorer into this folder, too")
    ] = None,
    seed: Annotated[int, typer.Option(help="of random inputs")] = 0,
    json: Annotated[bool, typer.Option("--json", help="print everything as JSON instead of writing a page")] = False,
) -> None:
    """Write one self-contained HTML page: the graph coloured by error or range, tensors, differences, explanations."""
    read_model = read(model)
    fed = inputs_from(read_model, inputs or [], seed)
    with progress_bar("report", quiet=json) as progress:
        found = report_on(
            read_model,
            fed,
            profile=profile,
            against=against or [],
            explanations=explanations,
            accumulators=accumulators,
            progress=progress,
        )
    if node_data is not None:
        node_data.mkdir(parents=True, exist_ok=True)
        for number, (name, data) in enumerate(found.node_data().items()):
            file = node_data / f"{number}-{''.join(c if c.isalnum() else '_' for c in name)}.json"
            file.write_text(json_module.dumps(data, indent=1))
    if json:
        print_json(found)
        return
    output.write_text(found.html(), encoding="utf-8")
    console.print(f"{output}: {output.stat().st_size / 1e6:.1f} MB", markup=False)
