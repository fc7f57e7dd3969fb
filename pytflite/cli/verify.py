"""``pytflite verify``: is this a valid model?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pytflite.cli.app import app, console, print_json
from pytflite.errors import FormatError, ModelError, PrepareError
from pytflite.model.check import Finding
from pytflite.model.read import read
from pytflite.plan.prepare import prepare
from pytflite.profiles import REFERENCE


@app.command()
def verify(
    models: Annotated[list[Path], typer.Argument(help=".tflite files")],
    strict: Annotated[bool, typer.Option(help="let warnings fail too")] = False,
    json: Annotated[bool, typer.Option("--json", help="print the findings as JSON")] = False,
) -> None:
    """Check files: bytes, structure, meaning, whether every operator can be prepared. Exit code 1 when one fails."""
    results = {str(path): findings(path) for path in models}
    if json:
        print_json({path: [finding._asdict() for finding in found] for path, found in results.items()})
    else:
        for path, found in results.items():
            verdict = "fails" if any(_fails(f, strict) for f in found) else "passes"
            console.print(f"{path}: {verdict}", markup=False, highlight=False)
            for finding in found:
                console.print(f"  {finding}", markup=False, highlight=False)
    if any(_fails(finding, strict) for found in results.values() for finding in found):
        raise typer.Exit(1)


def _fails(finding: Finding, strict: bool) -> bool:
    return finding.severity == "error" or (strict and finding.severity == "warning")


def findings(path: Path) -> list[Finding]:
    """Everything that can be said against a file."""
    try:
        model = read(path)
    except FormatError as fault:
        return [Finding("format", "error", fault.message, fault.path or f"byte {fault.offset}")]
    except ModelError as fault:
        return [Finding("model", "error", str(fault), str(path))]
    found = list(model.findings)
    for graph in model.subgraphs:
        try:
            prepare(model, graph.index, REFERENCE, kernels=False)
        except PrepareError as fault:
            found += [Finding("prepare", "error", line, f"subgraphs[{graph.index}]") for line in str(fault).split("\n")]
    return found
