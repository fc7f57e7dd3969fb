"""``pytflite audit``: what a quantized model does over a data set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pytflite.cli.app import app, console, print_json, table
from pytflite.cli.feeding import dataset_from, progress_bar
from pytflite.model.read import read
from pytflite.tools.audit import Audit
from pytflite.tools.audit import audit as watch
from pytflite.tools.parity import random_inputs


@app.command()
def audit(
    model: Annotated[Path, typer.Argument(help="a .tflite file")],
    dataset: Annotated[
        Path | None,
        typer.Argument(help="samples along the first axis of an .npz or .npy, or a folder; default: random"),
    ] = None,
    profile: Annotated[str, typer.Option(help="which arithmetic")] = "reference",
    float_model: Annotated[Path | None, typer.Option(help="the same network in float, to show errors")] = None,
    accumulators: Annotated[int, typer.Option(help="in how many samples to look at accumulators")] = 4,
    random: Annotated[int, typer.Option(help="how many random samples, without a data set")] = 16,
    csv: Annotated[Path | None, typer.Option(help="write a .csv with QuantizationDebugger's columns and ours")] = None,
    json: Annotated[bool, typer.Option("--json", help="print everything as JSON")] = False,
) -> None:
    """Show ranges, saturation, unused codes, dead channels and accumulator widths of every operator."""
    read_model = read(model)
    samples = (
        [random_inputs(read_model, seed) for seed in range(random)]
        if dataset is None
        else dataset_from(read_model, dataset)
    )
    with progress_bar("auditing", quiet=json) as progress:
        found = watch(
            read_model,
            samples,
            profile=profile,
            float_model=float_model,
            accumulators=accumulators,
            total=len(samples),
            progress=progress,
        )
    if csv is not None:
        csv.write_text(found.to_csv())
    if json:
        print_json(found)
    else:
        _show(found)


def _show(found: Audit) -> None:
    columns = ">operator", "", ">codes", ">at low", ">at high", ">unused", ">dead", ">bits", ">worst", ">rmse/scale"
    made = table("", *columns)
    for line in found.tensors:
        made.add_row(
            str(line.operator),
            line.op,
            f"{line.low}..{line.high}",
            f"{line.saturated_low:.1%}",
            f"{line.saturated_high:.1%}",
            "" if line.unused_codes is None else str(line.unused_codes),
            str(len(line.dead_channels) or ""),
            "" if line.accumulator_bits is None else str(line.accumulator_bits),
            "" if line.worst_case_bits is None else str(line.worst_case_bits),
            "" if line.errors is None else f"{line.errors.rmse_over_scale:.3f}",
        )
    console.print(made, markup=False)
    widths = [bits for bits in (16, 24, 32) if found.accumulator_fits(bits)]
    most = max((line.worst_case_bits or 0 for line in found.tensors), default=0)
    enough = f", so {widths[0]} bits are enough for every sum of products" if widths and most else ""
    console.print(f"{found.samples} samples, profile {found.profile}; worst case {most} bits{enough}.", markup=False)
