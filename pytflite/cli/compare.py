"""``pytflite compare``: which operators of a model come out otherwise under other profiles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pytflite.cli.app import app, console, print_json, table
from pytflite.cli.feeding import INPUT_HELP, inputs_from
from pytflite.model.read import read
from pytflite.tools.compare import Comparison
from pytflite.tools.compare import compare as compare_profiles


@app.command()
def compare(
    model: Annotated[Path, typer.Argument(help="a .tflite file")],
    inputs: Annotated[list[str] | None, typer.Argument(help=INPUT_HELP)] = None,
    profiles: Annotated[
        str, typer.Option(help="separated by commas; each after the first is compared with it")
    ] = "reference,optimized,xnnpack",
    seed: Annotated[int, typer.Option(help="of random inputs")] = 0,
    json: Annotated[bool, typer.Option("--json", help="print everything as JSON")] = False,
) -> None:
    """Run a model under several profiles, every operator on the same inputs: how many elements part, why."""
    read_model = read(model)
    names = [name.strip() for name in profiles.split(",")]
    found = compare_profiles(read_model, names, inputs_from(read_model, inputs or [], seed))
    if json:
        print_json(found)
        return
    for comparison in found:
        _show(comparison)


def _show(found: Comparison) -> None:
    made = table(f"{found.profile} against {found.against}", ">operator", "", ">differ", ">max", "recipe")
    said: dict[str, int] = {}
    for parting in found.partings:
        recipe = f"{parting.theirs} Instead of {parting.ours}"
        first = said.setdefault(recipe, parting.operator)
        shown = recipe if first == parting.operator else f"as operator {first}"
        share = f"{parting.differing} of {parting.elements}"
        made.add_row(str(parting.operator), parting.op, share, f"{parting.largest:g}", shown)
    if found.partings:
        console.print(made, markup=False)
    count = len({parting.operator for parting in found.partings})
    console.print(
        f"{count} of {found.operators} operators differ between {found.profile} and {found.against}, given the same.",
        markup=False,
    )
    for name, elements, differing, largest in found.outputs:
        end = (
            f"{differing} of {elements} differ in the end, by at most {largest:g}" if differing else "equal in the end"
        )
        console.print(f"output {name}: {end}", markup=False)
