"""``pytflite inspect``: what a model is made of."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pytflite.cli.app import app, console, print_json, size, table
from pytflite.model.read import read
from pytflite.tools.describe import Description, SubgraphLine, TensorLine, describe


@app.command()
def inspect(
    model: Annotated[Path, typer.Argument(help="a .tflite file")],
    tensors: Annotated[bool, typer.Option(help="list every tensor, not only inputs and outputs")] = False,
    json: Annotated[bool, typer.Option("--json", help="print everything as JSON")] = False,
) -> None:
    """Show the graph, tensors, quantization, sizes and multiply-accumulates of a model."""
    description = describe(read(model))
    if json:
        print_json(description)
        return
    _summary(description)
    for graph in description.subgraphs:
        _tensors(graph, [line for line in graph.tensors if tensors or line.kind in ("input", "output")])
        _operators(graph)


def _summary(d: Description) -> None:
    console.print(f"[bold]{d.path}[/bold]  schema {d.schema_version}  {d.description}")
    parts = [f"{size(d.buffer_bytes)}B of constants", f"{size(d.macs)} multiply-accumulates"]
    if d.signatures:
        parts.append("signatures " + ", ".join(d.signatures))
    if d.metadata:
        parts.append("metadata " + ", ".join(d.metadata))
    if d.files:
        parts.append("files " + ", ".join(d.files))
    console.print("; ".join(parts), markup=False)


def quantization(line: TensorLine) -> str:
    """Quantization in a few words."""
    if not line.scale:
        return ""
    if len(line.scale) > 1:
        return f"{len(line.scale)} scales {min(line.scale):.4g}..{max(line.scale):.4g}, axis {line.quantized_dimension}"
    zero = line.zero_point[0] if line.zero_point else 0
    return f"scale {line.scale[0]:.7g}, zero point {zero}"


def _tensors(graph: SubgraphLine, lines: list[TensorLine]) -> None:
    made = table(
        f"\nTensors of subgraph {graph.index} {graph.name}", ">#", "kind", "name", "type", "shape", "quantization"
    )
    for line in lines:
        made.add_row(str(line.index), line.kind, line.name, line.dtype, str(line.shape), quantization(line))
    console.print(made, markup=False)


def _operators(graph: SubgraphLine) -> None:
    made = table(
        f"\nOperators of subgraph {graph.index} {graph.name}",
        ">#",
        "operator",
        "inputs",
        "outputs",
        "gives",
        ">MACs",
        ">bytes",
    )
    for line in graph.operators:
        made.add_row(
            str(line.index),
            line.name,
            " ".join(map(str, line.inputs)),
            " ".join(map(str, line.outputs)),
            line.output,
            size(line.macs) if line.macs else "",
            size(line.constant_bytes) if line.constant_bytes else "",
        )
    console.print(made, markup=False)
