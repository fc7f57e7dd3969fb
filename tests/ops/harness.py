"""What every operator gets for free: definition == kernel == rewritten model == the real runtime == the recording."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.model.read import read
from pytflite.model.types import Model
from pytflite.model.write import write
from pytflite.ops._resolver import OpResolver
from pytflite.plan.prepare import prepare
from pytflite.profiles import REFERENCE, Profile
from pytflite.runtime.session import Session
from pytflite.tools.oracle import Oracle, first_difference

Array = npt.NDArray[Any]

GOLDEN = Path(__file__).parents[2] / "golden" / "ops"
HAS_NUMBA = importlib.util.find_spec("numba") is not None
HAS_LITERT = importlib.util.find_spec("ai_edge_litert") is not None


@dataclass(frozen=True)
class Case:
    """A small model and what to feed it: one list of arrays per invoke (the state goes on between them).

    Attributes:
        model: the model.
        inputs: arrays of every invoke.
        resolver: under which the real runtime has the operators; BUILTIN_REF lacks a few.
    """

    model: Model
    inputs: Sequence[Sequence[Array]]
    resolver: str = "BUILTIN_REF"


def case(model: Model, *inputs: Array) -> Case:
    """A case of one invoke."""
    return Case(model, [inputs])


def evaluate(
    model: Model,
    inputs: Sequence[Sequence[Array]],
    *,
    kernels: bool,
    engine: bool = True,
    resolver: OpResolver | None = None,
    profile: Profile = REFERENCE,
) -> list[Array]:
    """All outputs of all invokes of the main subgraph; other shapes than before are a resize."""
    main = model.main
    session: Session | None = None
    before: dict[int, tuple[int, ...]] = {}
    outputs: list[Array] = []
    for arrays in inputs:
        shapes = {index: array.shape for index, array in zip(main.inputs, arrays, strict=True)}
        if session is None or shapes != before:
            plan = prepare(model, 0, profile, shapes=shapes, kernels=kernels, resolver=resolver)
            session = Session(plan, engine=engine)
            before = shapes
        for index, array in zip(main.inputs, arrays, strict=True):
            session.inputs[index][...] = array
        session.invoke()
        for index in main.outputs:
            array_or_none = session.get(index)
            assert array_or_none is not None
            outputs.append(array_or_none.copy())
    return outputs


def real(model: bytes, inputs: Sequence[Sequence[Array]], resolver: str = "BUILTIN_REF") -> list[Array]:
    """All outputs of all invokes by the real runtime."""
    oracle = Oracle(model, resolver)
    return [output for arrays in inputs for output in oracle.invoke(*arrays)]


def agree(subject: Case) -> None:
    """Assert that every way to compute a case gives the same bits, the real runtime included where installed."""
    defined = evaluate(subject.model, subject.inputs, kernels=False)
    if HAS_NUMBA:
        for engine in (False, True):
            compiled = evaluate(subject.model, subject.inputs, kernels=True, engine=engine)
            difference = first_difference(compiled, defined)
            assert not difference, f"{'engine' if engine else 'kernel'} against definition: {difference}"
    data = write(subject.model)
    reread = evaluate(read(data), subject.inputs, kernels=False)
    assert not (difference := first_difference(reread, defined)), f"after write and read: {difference}"
    if HAS_LITERT:
        expected = real(data, subject.inputs, subject.resolver)
        assert not (difference := first_difference(defined, expected)), f"against {subject.resolver}: {difference}"


def agrees_with_golden(op: str) -> None:
    """Assert that definition and kernel reproduce every recorded case of an operator (``golden/ops/<op>.npz``)."""
    with np.load(GOLDEN / f"{op}.npz") as stored:
        provenance = json.loads(str(stored["provenance"]))
        assert provenance["cases"], op
        for name, (invokes, inputs, outputs) in provenance["cases"].items():
            model = read(stored[f"{name}/model"].tobytes())
            fed = [[loaded(stored[f"{name}/input{i * inputs + k}"]) for k in range(inputs)] for i in range(invokes)]
            expected = [loaded(stored[f"{name}/output{i}"]) for i in range(outputs)]
            for kernels in (False, True):
                got = evaluate(model, fed, kernels=kernels)
                assert not (difference := first_difference(got, expected)), f"{op}/{name}: {difference}"


def storable(array: Array) -> Array:
    """The array; strings get a mark at their end, where NumPy's own type would lose zeros."""
    if array.dtype != object:
        return array
    return np.array([string + b"." for string in array.ravel()], np.bytes_).reshape(array.shape)


def loaded(array: Array) -> Array:
    """The array that `storable` was given."""
    if array.dtype.kind != "S":
        return array
    strings = np.empty(array.shape, object)
    strings.ravel()[:] = [string[:-1] for string in array.ravel()]
    return strings


def record(op: str, cases: dict[str, Case]) -> None:
    """Write the recording of an operator: what the real runtime computes for its cases."""
    module = importlib.import_module("ai_edge_litert")
    arrays: dict[str, Any] = {}
    counts = {}
    for name, subject in cases.items():
        data = write(subject.model)
        outputs = real(data, subject.inputs, subject.resolver)
        arrays[f"{name}/model"] = np.frombuffer(data, np.uint8)
        arrays |= {f"{name}/input{i}": storable(a) for i, a in enumerate(a for fed in subject.inputs for a in fed)}
        arrays |= {f"{name}/output{i}": storable(a) for i, a in enumerate(outputs)}
        counts[name] = [len(subject.inputs), len(subject.inputs[0]), len(outputs)]
    (resolver,) = {subject.resolver for subject in cases.values()}
    provenance = {"runtime": f"ai_edge_litert {module.__version__}", "resolver": resolver, "cases": counts}
    GOLDEN.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(GOLDEN / f"{op}.npz", provenance=np.array(json.dumps(provenance)), **arrays)
