"""Reading and verifying a model into objects, beside visiting the same fields with the ``tflite`` package.

    python benchmarks/reading.py [MODEL] [--rounds N]

The package verifies nothing and makes no objects: it walks the accessors that FlatBuffers' compiler generates. Rounds
alternate, and the medians are compared. Exits with 1 when the ratio is above one half.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tflite

from pytflite.model.read import read

MODEL = Path(__file__).parents[2] / "shared/models/coral/tf2_mobilenet_v2_1.0_224_ptq.tflite"
LIMIT = 0.5

_OPTIONS = {
    number: getattr(tflite, name)
    for name, number in vars(tflite.BuiltinOptions).items()
    if isinstance(number, int) and number
}
_VALUES = {
    cls: [
        getter
        for name, getter in vars(cls).items()
        if name[0].isupper()
        and not name.startswith(("GetRootAs", "Init"))
        and f"{name}AsNumpy" not in vars(cls)
        and not name.endswith(("BufferHasIdentifier", "Length", "IsNone"))
    ]
    for cls in _OPTIONS.values()
}


def visit(data: bytes) -> int:
    """Ask the ``tflite`` package for every field that a `pytflite` model holds; returns how many operators it has."""
    model = tflite.Model.GetRootAs(data, 0)
    model.Version(), model.Description(), model.MetadataBufferAsNumpy()
    for i in range(model.OperatorCodesLength()):
        code = model.OperatorCodes(i)
        code.BuiltinCode(), code.DeprecatedBuiltinCode(), code.CustomCode(), code.Version()
    for i in range(model.BuffersLength()):
        buffer = model.Buffers(i)
        buffer.DataAsNumpy(), buffer.Offset(), buffer.Size()
    for i in range(model.MetadataLength()):
        entry = model.Metadata(i)
        entry.Name(), entry.Buffer()
    for i in range(model.SignatureDefsLength()):
        signature = model.SignatureDefs(i)
        signature.SignatureKey(), signature.SubgraphIndex()
        for j in range(signature.InputsLength()):
            signature.Inputs(j).Name(), signature.Inputs(j).TensorIndex()
        for j in range(signature.OutputsLength()):
            signature.Outputs(j).Name(), signature.Outputs(j).TensorIndex()
    operators = 0
    for i in range(model.SubgraphsLength()):
        graph = model.Subgraphs(i)
        graph.Name(), graph.InputsAsNumpy(), graph.OutputsAsNumpy()
        for j in range(graph.TensorsLength()):
            _visit_tensor(graph.Tensors(j))
        for j in range(graph.OperatorsLength()):
            _visit_operator(graph.Operators(j))
        operators += graph.OperatorsLength()
    return operators


def _visit_tensor(tensor: Any) -> None:
    tensor.ShapeAsNumpy(), tensor.Type(), tensor.Buffer(), tensor.Name(), tensor.IsVariable(), tensor.Sparsity()
    tensor.ShapeSignatureAsNumpy(), tensor.HasRank(), tensor.VariantTensorsLength()
    quantization = tensor.Quantization()
    if quantization is not None:
        quantization.MinAsNumpy(), quantization.MaxAsNumpy(), quantization.ScaleAsNumpy()
        quantization.ZeroPointAsNumpy(), quantization.DetailsType(), quantization.QuantizedDimension()


def _visit_operator(operator: Any) -> None:
    operator.OpcodeIndex(), operator.InputsAsNumpy(), operator.OutputsAsNumpy(), operator.IntermediatesAsNumpy()
    operator.CustomOptionsAsNumpy(), operator.CustomOptionsFormat(), operator.MutatingVariableInputsAsNumpy()
    operator.LargeCustomOptionsOffset(), operator.LargeCustomOptionsSize(), operator.BuiltinOptions2Type()
    table = operator.BuiltinOptions()
    if table is not None:
        options = _OPTIONS[operator.BuiltinOptionsType()]()
        options.Init(table.Bytes, table.Pos)
        for value in _VALUES[type(options)]:
            value(options)


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, nargs="?", default=MODEL)
    parser.add_argument("--rounds", type=int, default=51)
    arguments = parser.parse_args()
    data = arguments.model.read_bytes()
    assert visit(data) == sum(len(graph.operators) for graph in read(data).subgraphs)
    ours, theirs = [], []
    for _ in range(arguments.rounds):
        ours.append(seconds(lambda: read(data)))
        theirs.append(seconds(lambda: visit(data)))
    mine, other = statistics.median(ours), statistics.median(theirs)
    print(
        f"{arguments.model.name}: pytflite {mine * 1e3:.2f} ms, tflite {other * 1e3:.2f} ms, ratio {mine / other:.2f}"
    )
    if mine / other > LIMIT:
        sys.exit(1)


if __name__ == "__main__":
    main()
