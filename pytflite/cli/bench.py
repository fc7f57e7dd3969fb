"""``pytflite bench`` and ``pytflite warm``: how long a model takes, and compiling ahead."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Annotated

import typer

from pytflite.cli.app import app, console, print_json, size, table
from pytflite.errors import InvokeError
from pytflite.model.read import read
from pytflite.runtime.interpreter import OpResolverType, profile_of
from pytflite.tools.bench import bench as measure

WIDE = 100
"""Columns of a terminal from which on MACs and bytes are told, too."""


@app.command()
def bench(
    model: Annotated[Path, typer.Argument(help="a .tflite file")],
    profile: Annotated[str, typer.Option(help="which arithmetic")] = "reference",
    threads: Annotated[int, typer.Option(min=1, help="how many threads to use at most")] = 1,
    rounds: Annotated[int, typer.Option(min=1, help="how often to run it")] = 30,
    engine: Annotated[bool, typer.Option(help="use the engine, or the plain kernels")] = True,
    json: Annotated[bool, typer.Option("--json", help="print the times as JSON")] = False,
) -> None:
    """Time a model on random inputs, operator by operator."""
    chosen = profile_of(OpResolverType.BUILTIN_REF, profile)
    result = measure(read(model), profile=chosen, threads=threads, rounds=rounds, engine=engine)
    if json:
        print_json(result)
        return
    is_wide, all_bound = console.width >= WIDE, all(line.kernel == "engine" for line in result.operators)
    left_out = {"runs in": all_bound, ">MACs": not is_wide, ">bytes": not is_wide}
    total = sum(line.microseconds for line in result.operators) or 1.0
    rows = [
        {
            ">#": str(line.index),
            "operator": line.name,
            "output": line.output.replace(", ", ","),
            "runs in": line.kernel,
            ">us": f"{line.microseconds:.1f}",
            ">%": f"{100 * line.microseconds / total:.0f}",
            ">MACs": size(line.macs) if line.macs else "",
            ">GMAC/s": f"{line.gmacs:.1f}" if line.macs else "",
            ">bytes": size(line.bytes),
            ">GB/s": f"{line.gigabytes:.1f}",
            "bound by": f"{line.bound} {100 * line.share:.0f} %",
        }
        for line in result.operators
    ]
    columns = [column for column in (rows[0] if rows else ()) if not left_out.get(column)]
    made = table("", *columns)
    for row in rows:
        made.add_row(*(row[column] for column in columns))
    console.print(made, markup=False)
    median, least = result.microseconds
    console.print(
        f"{median:.1f} us a run (median, least {least:.1f}), profile {result.profile}, {result.threads} thread(s), "
        f"first result after {result.prepare_seconds:.2f} s.\nBound by: the larger share, of {result.gmacs:.0f} GMAC/s "
        f"(int8, in the cache) or of {result.gigabytes:.1f} GB/s (copying; in the cache {result.cached_gigabytes:.0f})",
        markup=False,
    )


@app.command()
def warm(
    models: Annotated[list[Path], typer.Argument(help="files in .tflite")],
    profile: Annotated[str, typer.Option(help="which arithmetic")] = "reference",
) -> None:
    """Compile ahead what models need, so that the first run starts at once."""
    chosen = profile_of(OpResolverType.BUILTIN_REF, profile)
    for path in models:
        started = time.perf_counter()
        with contextlib.suppress(InvokeError):  # of random inputs
            measure(read(path), profile=chosen, rounds=1)
        console.print(f"{path}: ready after {time.perf_counter() - started:.2f} s", markup=False)
