"""The corpus of real models beside the project: what is expected of each file, and how it is found out.

Files are not part of the project; they are read at ``../shared/models`` where it is there.
"""

from __future__ import annotations

import importlib.util
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import PytfliteError
from pytflite.model.read import read
from pytflite.model.types import Model, Tensor
from pytflite.model.write import write
from pytflite.plan.prepare import prepare
from pytflite.profiles import PROFILES
from pytflite.runtime.session import Session
from pytflite.tools.parity import Parity, parity, random_inputs
from tests.profiles.sweep import RESOLVERS

Array = npt.NDArray[Any]

ROOT = Path(__file__).parents[2]
MODELS = ROOT.parent / "shared" / "models"
EXPECTED = tomllib.loads((Path(__file__).parent / "expected.toml").read_text())
HAS_LITERT = importlib.util.find_spec("ai_edge_litert") is not None


@dataclass(frozen=True)
class Outcome:
    """What became of a file under a profile.

    Attributes:
        verdict: ``equal`` (every tensor, bit for bit), ``floats`` (only floats differ), ``runs`` (the real runtime
            cannot be asked), ``refused`` or ``differs``.
        detail: number of tensors compared, the message, or the first difference.
    """

    verdict: str
    detail: str


def names() -> Iterator[str]:
    """The files of the corpus, relative to it."""
    for path in sorted(MODELS.rglob("*.tflite")):
        yield path.relative_to(MODELS).as_posix()


def expected(name: str, profile: str = "reference") -> tuple[str, str]:
    """The verdict expected of a file, and what its message holds; ``equal`` where nothing else is said."""
    for verdict in ("refused", "runs"):
        if name in EXPECTED[verdict]:
            return verdict, EXPECTED[verdict][name]
    return ("floats" if name in EXPECTED["floats"].get(profile, ()) else "equal"), ""


def examine(name: str, profile: str = "reference", invokes: int = 2) -> Outcome:
    """Run a file on random inputs and compare every tensor with the real runtime, where that can be asked."""
    path = MODELS / name
    verdict, _ = expected(name)
    try:
        model = read(path)
        fed = [inputs_of(model, path, seed) for seed in range(invokes)]
        if verdict == "runs":
            return Outcome("runs", f"{sum(len(run(model, arrays, profile)) for arrays in fed)} outputs")
        found = compared(model, path.read_bytes(), fed, profile)
    except PytfliteError as fault:
        return Outcome("refused", str(fault))
    count = sum(parity.compared for parity in found)
    differences = [difference for parity in found for difference in parity.differences]
    integers = [each for each in differences if model.main.tensors[each[0]].dtype.numpy.kind not in "fc"]
    if integers:
        index, tensor, difference = integers[0]
        return Outcome("differs", f"{len(integers)} of {count} tensors; first {index} '{tensor}': {difference}")
    if differences:
        largest = max(parity.largest for parity in found)
        return Outcome("floats", f"{len(differences)} of {count} tensors, by {largest:.0e} at most")
    return Outcome("equal", f"{count} tensors")


def compared(model: Model, data: bytes, fed: list[list[Array]], profile: str) -> list[Parity]:
    """Compare with the resolver that a profile stands for.

    A delegate keeps no tensor inside of what it takes, whether or not all are to be preserved: there the outputs of the
    file are compared, then those of the same model with every tensor made an output.
    """
    arithmetic, resolver = PROFILES[profile], RESOLVERS[profile]
    if arithmetic.delegate is None:
        return [parity(model, data, fed, profile=arithmetic, resolver=resolver)]
    whole = exposed(model)
    return [
        parity(each, content, fed, profile=arithmetic, resolver=resolver, preserve_all=False)
        for each, content in ((model, data), (whole, write(whole)))
    ]


def exposed(model: Model) -> Model:
    """The model with every tensor that an operator computes among the outputs of its main subgraph."""
    main = model.main
    made = (index for operator in main.operators for index in operator.outputs if index >= 0)
    outputs = tuple(dict.fromkeys((*main.outputs, *made)))
    return replace(model, subgraphs=(replace(main, outputs=outputs), *model.subgraphs[1:]), signatures=())


def inputs_of(model: Model, path: Path, seed: int) -> list[Array]:
    """Random inputs, except those that steer shapes: they are what TFLM's own test of the model feeds."""
    fed = random_inputs(model, seed)
    for position, index in enumerate(model.main.inputs):
        stored = path.with_name(f"{path.stem}_input{position}_int32.csv")
        if stored.exists():
            fed[position] = csv(stored, model.main.tensors[index])
    return fed


def csv(path: Path, tensor: Tensor) -> Array:
    """One of TFLM's CSV files as a tensor."""
    values: Array = np.fromstring(path.read_text(), sep=",", dtype=np.int64)
    return values.astype(tensor.dtype.numpy).reshape(tensor.shape)


def golden(path: Path, model: Model) -> tuple[list[Array], list[Array]] | None:
    """The inputs and outputs that TFLM's own test of a model has, None where it has none."""
    main = model.main
    files = [
        [*path.parent.glob(f"{path.stem}_{what}_int*.csv")]
        for what in [f"input{i}" for i in range(len(main.inputs))] + ["golden"]
    ]
    if not all(files):
        return None
    tensors = [main.tensors[i] for i in (*main.inputs, *main.outputs)]
    values = [csv(found[0], tensor) for found, tensor in zip(files, tensors, strict=True)]
    return values[:-1], values[-1:]


def run(model: Model, fed: list[Array], profile: str = "reference", *, kernels: bool = True) -> list[Array]:
    """The outputs of one invoke here."""
    session = Session(prepare(model, 0, PROFILES[profile], kernels=kernels))
    for index, array in zip(model.main.inputs, fed, strict=True):
        session.set(index, array)
    session.invoke()
    outputs = [session.get(index) for index in model.main.outputs]
    return [output.copy() for output in outputs if output is not None]
