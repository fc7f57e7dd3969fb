"""``pytflite run``: run a model on files."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer

from pytflite.cli.app import app, console, print_json, table
from pytflite.errors import ArgumentError
from pytflite.runtime.native import Entry, LoadedModel, load
from pytflite.runtime.scaling import dequantize
from pytflite.tools.feed import Feeding, load_input

Array = npt.NDArray[Any]


@app.command()
def run(
    model: Annotated[Path, typer.Argument(help="a .tflite file")],
    inputs: Annotated[
        list[str] | None,
        typer.Argument(help="files in the order of the inputs, or NAME=FILE: .npy .npz .raw .csv .wav, pictures"),
    ] = None,
    signature: Annotated[str | None, typer.Option(help="which signature to run")] = None,
    profile: Annotated[str, typer.Option(help="which arithmetic")] = "reference",
    labels: Annotated[Path | None, typer.Option(help="a file with one label a line; default: the model's own")] = None,
    top: Annotated[int, typer.Option(help="how many of the best classes to show")] = 5,
    as_float: Annotated[
        bool, typer.Option("--float", help="numbers in files are real ones; show real outputs")
    ] = False,
    mean: Annotated[float, typer.Option(help="subtracted from pixels and samples, with --std")] = 0.0,
    std: Annotated[float | None, typer.Option(help="divides pixels and samples; default: pixels are codes")] = None,
    as_bytes: Annotated[
        bool, typer.Option("--bytes", help="pixels are the bytes of codes, as in TFLM's pictures")
    ] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="write the outputs to an .npz file")] = None,
    threads: Annotated[int, typer.Option(min=1, help="how many threads to use at most")] = 1,
    engine: Annotated[bool, typer.Option(help="use the engine, or the plain kernels; the bits are the same")] = True,
    json: Annotated[bool, typer.Option("--json", help="print the outputs as JSON")] = False,
) -> None:
    """Run a model once and show its outputs. The arithmetic is that of the reference kernels unless told otherwise."""
    loaded = load(model, profile=profile, threads=threads, engine=engine)
    entry = loaded.entry(signature)
    fed = _feed(loaded, entry, inputs or [], Feeding(mean, std, as_float, as_bytes))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        results = loaded.run(fed, signature=signature)
    for warning in caught:
        console.print(f"warning: {warning.message}", markup=False)
    if output is not None:
        shown: dict[str, Any] = {n: _real(entry, n, a) if as_float else a for n, a in results.items()}
        np.savez(output, **shown)
    if json:
        print_json(
            {name: (_real(entry, name, array) if as_float else array).tolist() for name, array in results.items()}
        )
        return
    names = _labels(loaded, labels)
    for name, array in results.items():
        _show(entry, name, array, names, top, as_float)


def _feed(loaded: LoadedModel, entry: Entry, files: list[str], feeding: Feeding) -> dict[str, Array]:
    names = list(entry.inputs)
    named = dict(
        (part.split("=", 1)[0], part.split("=", 1)[1])
        if "=" in part and part.split("=", 1)[0] in names
        else (name, part)
        for name, part in zip([*names, *[""] * len(files)], files, strict=False)
    )
    if set(named) != set(names):
        wanted = ", ".join(f"{n} {t.dtype.numpy.name}{list(t.shape)}" for n, t in entry.inputs.items()) or "none"
        raise ArgumentError(f"{len(files)} input files given; the model takes: {wanted}.")
    return {
        name: load_input(Path(file), entry.inputs[name], entry.inputs[name].shape, feeding)
        for name, file in named.items()
    }


def _real(entry: Entry, name: str, array: Array) -> Array:
    quantization = entry.outputs[name].quantization
    quantized = quantization is not None and quantization.scale.size and array.dtype.kind in "iu"
    return dequantize(array, quantization) if quantized and quantization is not None else array


def _labels(loaded: LoadedModel, path: Path | None) -> list[str]:
    if path is not None:
        return path.read_text().splitlines()
    texts = [data for name, data in loaded.model.associated_files.items() if name.endswith(".txt")]
    return texts[0].decode(errors="replace").splitlines() if len(texts) == 1 else []


def _show(entry: Entry, name: str, array: Array, labels: list[str], top: int, as_float: bool) -> None:
    console.print(f"{name}: {array.dtype.name}{list(array.shape)}", style="bold", markup=False, highlight=False)
    real = _real(entry, name, array)
    if real.ndim == 2 and real.shape[1] > 1 and array.dtype.kind in "iuf":
        for row, codes in zip(real, array, strict=True):
            _best(row, codes, labels, top)
    else:
        text = np.array2string(real if as_float else array, threshold=64, edgeitems=4, max_line_width=100)
        console.print(text, markup=False, highlight=False)


def _best(row: Array, codes: Array, labels: list[str], top: int) -> None:
    made = table("", ">class", ">code", ">value", "label")
    for index in np.argsort(-row, kind="stable")[:top]:
        offset = index + (len(labels) - row.size if len(labels) in (row.size, row.size - 1) else 0)
        label = labels[offset] if labels and 0 <= offset < len(labels) else ""
        made.add_row(str(index), str(codes[index]), f"{row[index]:.6g}", label)
    console.print(made, markup=False)
