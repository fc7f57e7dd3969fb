"""Every tensor of a run and, on demand, every named stage of every operator."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy.typing as npt

from pytflite import markup
from pytflite.errors import ArgumentError
from pytflite.model.types import Model, Tensor
from pytflite.plan.node import PreparedNode
from pytflite.profiles import Profile
from pytflite.runtime.session import Call, Observer
from pytflite.tools.archive import Archive, ArchiveWriter
from pytflite.tools.running import (
    Inputs,
    Progress,
    Source,
    bind,
    checked_stages,
    feed,
    model_of,
    named_profile,
    no_progress,
    open_session,
    operator_matches,
    output_names,
)

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Record:
    """One array of a run.

    Attributes:
        key: of the array, unique in a trace: ``0/003.CONV_2D/accumulator``, ``0/input/image``; in a subgraph that an
            operator runs ``0/003.WHILE/1.body/000.ADD/output``, with how many subgraphs it ran before.
        invoke: which invoke.
        operator: index of the operator that made it, in its subgraph; -1 for inputs of the model.
        op: name of that operator.
        stage: name of the stage; ``output`` (or another declared output) for tensors.
        tensor: index, -1 for stages that are no tensor.
        name: of the tensor.
        dtype: NumPy's name of the dtype.
        shape: of the array.
        scale: of a quantized tensor, as the file has it.
        zero_point: of a quantized tensor.
        quantized_dimension: of a tensor quantized per axis.
        calls: that lead from the main subgraph to the operator's.
    """

    key: str
    invoke: int
    operator: int
    op: str
    stage: str
    tensor: int
    name: str
    dtype: str
    shape: tuple[int, ...]
    scale: tuple[float, ...] = ()
    zero_point: tuple[int, ...] = ()
    quantized_dimension: int = 0
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True)
class Trace:
    """What was recorded.

    Attributes:
        profile: whose arithmetic ran.
        records: one for each array, in the order of execution.
        arrays: by key; where they were written to a file, mapped from there.
    """

    profile: str
    records: tuple[Record, ...]
    arrays: Mapping[str, Array] = field(repr=False)

    def __iter__(self) -> Iterator[tuple[Record, Array]]:
        return ((record, self.arrays[record.key]) for record in self.records)

    def _repr_html_(self) -> str:
        """What was recorded, for notebooks."""
        head = ("array", "type", "shape", "least", "largest")
        rows = ((r.key, r.dtype, list(r.shape), *_ends(array)) for r, array in self)
        return markup.table(f"{len(self.records)} arrays, profile {self.profile}", head, rows)

    def tensors(self, invoke: int = 0) -> dict[str, Array]:
        """The tensors of the main subgraph in an invoke, by name."""
        main = (r for r in self.records if r.tensor >= 0 and r.invoke == invoke and not r.calls)
        return {r.name: self.arrays[r.key] for r in main}

    def stage(self, operator: int, stage: str, invoke: int = 0) -> Array:
        """One stage of one operator of the main subgraph; KeyError when it was not recorded."""
        for record in self.records:
            if (record.operator, record.stage, record.invoke, record.calls) == (operator, stage, invoke, ()):
                return self.arrays[record.key]
        raise KeyError(f"operator {operator}, stage {stage}, invoke {invoke}")


def _ends(array: Array) -> tuple[Any, Any]:
    return (array.min(), array.max()) if array.size and array.dtype.kind in "iufb" else ("", "")


@dataclass(frozen=True, slots=True)
class Selection:
    """What to record: what fits all of these, where "" and () mean any.

    Attributes:
        operators: indices of the main subgraph, or names (``CONV_2D``) in any.
        tensors: tensor indices of the main subgraph.
        name: a pattern for tensor names, with ``*`` and ``?``; any output of an operator may fit.
    """

    operators: tuple[int | str, ...] = ()
    tensors: tuple[int, ...] = ()
    name: str = ""

    def takes(self, tensors: Sequence[Tensor], node: PreparedNode | None = None, main: bool = True) -> bool:
        """Whether a node with these outputs (None: inputs of the model) is wanted, of the main subgraph or another."""
        operators = [o for o in self.operators if main or isinstance(o, str)]
        return (
            (not self.operators or (node is not None and any(operator_matches(node, o) for o in operators)))
            and (not self.tensors or (main and any(tensor.index in self.tensors for tensor in tensors)))
            and (not self.name or any(fnmatch.fnmatchcase(tensor.name, self.name) for tensor in tensors))
        )


def trace(
    model: Source,
    invokes: Iterable[Inputs],
    *,
    profile: str | Profile = "reference",
    operators: Sequence[int | str] = (),
    tensors: Sequence[int] = (),
    name: str = "",
    stages: bool = False,
    to: str | Path | None = None,
    kernels: bool = True,
    progress: Progress = no_progress,
) -> Trace:
    """Run a model and keep what its operators computed.

    Args:
        model: path, bytes or `Model`.
        invokes: the inputs of each invoke: a list of arrays, or arrays by tensor name. State lasts between invokes;
            an invoke whose shapes differ from those of the one before starts anew.
        profile: which arithmetic.
        operators: only these, by index or name.
        tensors: only operators that write these, by tensor index.
        name: only operators that write a tensor whose name fits this pattern.
        stages: record the named stages of the definitions, too; each operator's stages are first shown to end in what
            ran.
        to: an .npz file that arrays are written to as they come, instead of being kept in memory.
        kernels: whether compiled kernels may stand in for definitions.
        progress: told about every operator.

    Raises:
        ArgumentError: the inputs do not fit.
        PrepareError: the model cannot be prepared.
        InvokeError: an operator cannot compute with the values, or kernel and definition disagree.
    """
    model = model_of(model)
    selection = Selection(tuple(operators), tuple(tensors), name)
    chosen = named_profile(profile)
    records: list[Record] = []
    held: dict[str, Array] = {}
    with ExitStack() as stack:
        writer = stack.enter_context(ArchiveWriter(Path(to))) if to is not None else None

        def keep(record: Record, array: Array) -> None:
            records.append(record)
            if writer is None:
                held[record.key] = array.copy()
            else:
                writer.add(record.key, array)

        _record(model, chosen, invokes, selection, stages, kernels, keep, progress)
        if writer is not None:
            writer.header({"profile": chosen.name, "records": [asdict(record) for record in records]})
    arrays: Mapping[str, Array] = held if to is None else Archive(Path(to))
    return Trace(chosen.name, tuple(records), arrays)


def load_trace(path: str | Path) -> Trace:
    """A trace that was written to a file; arrays are mapped from there when asked for.

    Raises:
        ArgumentError: the file holds no trace.
    """
    archive = Archive(Path(path))
    header = archive.header
    if not isinstance(header, dict) or "records" not in header:
        raise ArgumentError(f"{archive.path.name} holds no trace.")
    records = tuple(_of_json(record) for record in header["records"])
    return Trace(header["profile"], records, archive)


def _of_json(fields: dict[str, Any]) -> Record:
    """A record whose sequences are tuples again."""
    plain: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
    plain["calls"] = tuple(Call(*call) for call in plain["calls"])
    return Record(**plain)


def _record(
    model: Model,
    profile: Profile,
    invokes: Iterable[Inputs],
    selection: Selection,
    stages: bool,
    kernels: bool,
    keep: Callable[[Record, Array], None],
    progress: Progress,
) -> None:
    graph, session, shapes = model.main, None, None
    for number, inputs in enumerate(invokes):
        arrays = bind(model, inputs)
        if session is None or shapes != [array.shape for array in arrays.values()]:
            session = open_session(model, profile, arrays, kernels=kernels)
            shapes = [array.shape for array in arrays.values()]
        feed(session, arrays)
        for index, array in arrays.items():
            tensor = graph.tensors[index]
            if selection.takes([tensor]):
                keep(_of_tensor(f"{number}/input/{index}", number, None, "input", tensor, array), array)

        def observe(
            node: PreparedNode,
            inputs: Sequence[Array | None],
            outputs: Sequence[Array],
            path: tuple[Call, ...] = (),
            number: int = number,
        ) -> None:
            if not path:
                progress(node.operator.index + 1, len(graph.operators), node.op.name)
            own = model.subgraphs[path[-1].subgraph] if path else graph
            written = [own.tensors[index] for index in node.operator.outputs]
            if not selection.takes(written, node, main=not path):
                return
            place = f"{number}/{_place(model, path)}{node.operator.index:03d}.{node.op.name}"
            names = output_names(node)
            inside = checked_stages(node, inputs, outputs) if stages else {}
            for stage, value in inside.items():
                if stage not in names:
                    keep(_of_stage(f"{place}/{stage}", number, node, stage, value, path), value)
            for stage, tensor, value in zip(names, written, outputs, strict=True):
                keep(_of_tensor(f"{place}/{stage}", number, node, stage, tensor, value, path), value)

        session.invoke(observe, partial(_inside, observe))


def _inside(observe: Callable[..., None], path: tuple[Call, ...]) -> Observer:
    return partial(observe, path=path)


def _place(model: Model, path: tuple[Call, ...]) -> str:
    """The part of a key that says which call of which operator an operator belongs to."""
    place, graph = "", model.main
    for call in path:
        operator, graph = graph.operators[call.operator], model.subgraphs[call.subgraph]
        place += f"{operator.index:03d}.{operator.name}/{call.number}.{graph.name or f'subgraph {graph.index}'}/"
    return place


def _of_stage(key: str, invoke: int, node: PreparedNode, stage: str, array: Array, path: tuple[Call, ...]) -> Record:
    place = key, invoke, node.operator.index, node.op.name, stage, -1, ""
    return Record(*place, array.dtype.name, array.shape, calls=path)


def _of_tensor(
    key: str,
    invoke: int,
    node: PreparedNode | None,
    stage: str,
    tensor: Tensor,
    array: Array,
    path: tuple[Call, ...] = (),
) -> Record:
    quantization = tensor.quantization
    return Record(
        key,
        invoke,
        node.operator.index if node else -1,
        node.op.name if node else "",
        stage,
        tensor.index,
        tensor.name,
        array.dtype.name,
        array.shape,
        tuple(map(float, quantization.scale)) if quantization else (),
        tuple(map(int, quantization.zero_point)) if quantization else (),
        quantization.quantized_dimension if quantization else 0,
        path,
    )
