"""``pytflite explain``: how one number came about."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pytflite.cli.app import app, print_json
from pytflite.cli.feeding import INPUT_HELP, inputs_from
from pytflite.errors import ArgumentError
from pytflite.model.read import read
from pytflite.profiles import PROFILES
from pytflite.tools.explain import as_text
from pytflite.tools.explain import explain as explain_element
from pytflite.tools.picture import as_svg


@app.command()
def explain(
    model: Annotated[Path, typer.Argument(help="a .tflite file")],
    inputs: Annotated[list[str] | None, typer.Argument(help=INPUT_HELP)] = None,
    op: Annotated[int, typer.Option(help="index of the operator, as inspect shows it")] = 0,
    at: Annotated[str, typer.Option(help="the output element, as 0,3,4,17; default: the largest")] = "",
    profile: Annotated[list[str] | None, typer.Option(help="which arithmetic; may be repeated, or 'all'")] = None,
    top: Annotated[int, typer.Option(help="how many terms to show, those that add most; 0 for all")] = 8,
    picture: Annotated[Path | None, typer.Option(help="draw the window into this .svg file")] = None,
    seed: Annotated[int, typer.Option(help="of random inputs")] = 0,
    json: Annotated[bool, typer.Option("--json", help="print everything as JSON")] = False,
) -> None:
    """Show all the arithmetic of one output element: terms, bias, accumulator, every rounding, the clamp."""
    read_model = read(model)
    named = profile or ["reference"]
    explained = explain_element(
        read_model,
        inputs_from(read_model, inputs or [], seed),
        op,
        _index(at),
        profiles=list(PROFILES) if named == ["all"] else named,
    )
    if picture is not None:
        picture.write_text(as_svg(explained))
    if json:
        print_json(explained)
    else:
        print(as_text(explained, top))


def _index(text: str) -> list[int] | None:
    try:
        return [int(part) for part in text.split(",")] if text else None
    except ValueError:
        raise ArgumentError(f"--at takes integers with commas between them, such as 0,3,4,17; got '{text}'.") from None
