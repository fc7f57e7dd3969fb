"""Semantic rules: what a well-formed file may still get wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from pytflite.errors import ModelError

if TYPE_CHECKING:
    from pytflite.flatbuffer import Note
    from pytflite.model.types import Model

Severity = Literal["error", "warning", "note"]


class Finding(NamedTuple):
    """What a rule has to say.

    Attributes:
        rule: the rule's id, such as ``tensor-index``.
        severity: ``error`` (the model cannot be used and is not read), ``warning`` (some runtime refuses it or computes
            something else than meant) or ``note``.
        message: one sentence.
        where: path of the object, e.g. ``subgraphs[0].operators[3]``.
    """

    rule: str
    severity: Severity
    message: str
    where: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.where}: {self.message} [{self.rule}]"


def of_note(note: Note) -> Finding:
    """A finding of the reader."""
    return Finding(note.rule, "warning", note.message, f"byte offset {note.offset}")


def raise_fatal(findings: Iterable[Finding]) -> None:
    """Refuse a model with errors.

    Raises:
        ModelError: there are any; the message holds the first few.
    """
    errors = [f"{finding.where}: {finding.message}" for finding in findings if finding.severity == "error"]
    if errors:
        more = f"; {len(errors) - 3} more" if len(errors) > 3 else ""
        raise ModelError("; ".join(errors[:3]) + more)


def check(model: Model) -> Iterator[Finding]:
    """Apply every rule."""
    for graph in model.subgraphs:
        where = f"subgraphs[{graph.index}]"
        size = len(graph.tensors)
        for tensor in graph.tensors:
            if tensor.buffer and tensor.buffer >= len(model.buffers):
                yield Finding(
                    "buffer-index",
                    "error",
                    f"buffer {tensor.buffer} of {len(model.buffers)}",
                    f"{where}.tensors[{tensor.index}]",
                )
        for operator in graph.operators:
            if any(not -1 <= index < size for index in (*operator.inputs, *operator.outputs, *operator.intermediates)):
                yield Finding("tensor-index", "error", f"tensors of {size}", f"{where}.operators[{operator.index}]")
        if any(not 0 <= index < size for index in (*graph.inputs, *graph.outputs)):
            yield Finding("tensor-index", "error", f"inputs or outputs of {size} tensors", where)
