"""What the commands that look into runs have in common: inputs from files, progress on the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from pytflite.errors import ArgumentError
from pytflite.model.types import Model
from pytflite.tools.feed import Feeding, load_input
from pytflite.tools.parity import random_inputs
from pytflite.tools.sides import inputs_in

Array = npt.NDArray[Any]

RANDOM = "random"
INPUT_HELP = "a file per input, in their order or as NAME=FILE; default: random codes, see --seed"


def inputs_from(model: Model, files: list[str], seed: int, as_float: bool = False) -> list[Array]:
    """Arrays for the inputs of the main subgraph from files, or random ones without files.

    Raises:
        ArgumentError: too few or too many files, or one that does not fit.
    """
    tensors = [model.main.tensors[index] for index in model.main.inputs]
    if not files:
        return random_inputs(model, seed)
    named = dict(file.split("=", 1) for file in files if file.split("=", 1)[0] in {t.name for t in tensors})
    rest = [file for file in files if file.split("=", 1)[0] not in named]
    paths = [named[t.name] if t.name in named else rest.pop(0) if rest else "" for t in tensors]
    if rest or "" in paths:
        wanted = ", ".join(f"{t.name} {t.dtype.numpy.name}{list(t.shape)}" for t in tensors) or "none"
        raise ArgumentError(f"{len(files)} input files given; the model takes: {wanted}.")
    feeding = Feeding(as_float=as_float)
    return [load_input(Path(path), t, t.shape, feeding) for path, t in zip(paths, tensors, strict=True)]


INVOKE_HELP = "of an invoke: its files with commas between, or one .npz of all; default: those in the dump, or random"


def invokes_from(model: Model, invokes: list[str], against: list[str], seed: int) -> list[list[Array]]:
    """Inputs for each invoke: from files, from the dumps that are compared with, or random ones.

    Raises:
        ArgumentError: too few or too many files, or one that does not fit.
    """
    if invokes:
        several = [files.split(",") for files in invokes]
        count = len(model.main.inputs)
        return [inputs_from(model, f * count if len(f) == 1 and f[0].endswith(".npz") else f, seed) for f in several]
    dumps = [Path(each) for each in against if Path(each).exists() and Path(each).suffix != ".tflite"]
    dumped = inputs_in(model, dumps) if len(dumps) == len(against) else []
    return dumped or [random_inputs(model, seed + i) for i in range(len(against))]


def dataset_from(model: Model, path: Path) -> list[list[Array]]:
    """Samples for a model of one input: an .npz or .npy with one sample along the first axis, or a folder of files.

    Raises:
        ArgumentError: the samples do not fit.
    """
    if len(model.main.inputs) != 1:
        raise ArgumentError("A data set from files needs a model of one input.")
    tensor = model.main.tensors[model.main.inputs[0]]
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.is_file())
        return [[load_input(file, tensor, tensor.shape, Feeding())] for file in files]
    stacked = load_input(path, tensor, (0, *tensor.shape[1:]), Feeding())
    return [[sample] for sample in np.split(stacked, len(stacked))]


@contextmanager
def progress_bar(title: str, quiet: bool = False) -> Iterator[Callable[[int, int, str], None]]:
    """A bar on stderr, gone when done; nothing where stderr is no terminal."""
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total, what: bar.update(task, completed=done, total=total, description=f"{title} {what}")
