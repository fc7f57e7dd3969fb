"""Every file that others made: read or refused as the real runtime does, written and read back, run by it."""

import faulthandler
import importlib
import multiprocessing
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pytflite.errors import FormatError, ModelError
from pytflite.model.read import read
from pytflite.model.write import write
from tests.files import OTHERS, OWN, SHARED, each, name, needs_corpus

REFUSED = {
    "litert/tflite/java/src/testdata/invalid_model.bin": (FormatError, "file identifier"),
    "litert/tflite/testdata/test_model_broken.bin": (FormatError, "file identifier"),
    "litert/tflite/testdata/0_subgraphs.bin": (ModelError, "no subgraph"),
}
READABLE = [path for path in [*OWN, *OTHERS] if name(path) not in REFUSED]

# LiteRT refuses these, we read them: TFLM runs the first, the others fail when they are prepared.
LITERT_REFUSES = {
    "tflm/models/person_detect.tflite": "quantized_dimension must be in range",
    "litert/quantizer/lstm_calibrated2.bin": "BytesRequired number of elements overflowed",
    "litert/tflite/testdata/segment_sum_invalid_buffer.bin": "Didn't find op for builtin opcode 'SEGMENT_SUM'",
}


@needs_corpus
@pytest.mark.parametrize("model", REFUSED)
def test_what_the_runtime_refuses_is_refused(model: str) -> None:
    error, message = REFUSED[model]
    with pytest.raises(error, match=message):
        read(SHARED / model)


@each(*READABLE)
def test_what_is_written_is_read(path: Path) -> None:
    model = read(path)
    data = write(model)
    again = read(data)
    assert again == model
    assert again.notes == ()
    assert write(again) == data
    assert read(path.read_bytes()) == model


@each(*READABLE)
def test_constants_are_as_large_as_their_shapes(path: Path) -> None:
    model = read(path)
    found = {finding.where for finding in model.findings if finding.rule in ("shape", "buffer-size")}
    for graph in model.subgraphs:
        for tensor in graph.tensors:
            if f"subgraphs[{graph.index}].tensors[{tensor.index}]" not in found:
                value = model.constant(tensor)
                assert value is None or (value.shape, value.dtype) == (tensor.shape, tensor.dtype.numpy)


def test_what_the_rules_find_in_the_corpus() -> None:
    found = {
        name(path): sorted({finding.rule for finding in findings})
        for path in READABLE
        if (findings := [finding for finding in read(path).findings if finding.severity != "note"])
    }
    expected = {
        "litert/quantizer/lstm_calibrated2.bin": ["shape"],
        "litert/tflite/testdata/segment_sum_invalid_buffer.bin": ["execution-order"],
        "litert/tflite/testdata/tensor_string_data_type.bin": ["quantization-range"],
        "tflm/models/person_detect.tflite": ["quantization-size"],
    }
    assert found == ({} if not OTHERS else expected)


UNSTEADY = {"tflm/models/keyword_scrambled_8bit.tflite"}
"""Models in which the real runtime writes beyond its memory: it dies, or gives other numbers each time."""


@each(*(path for path in READABLE if name(path) not in UNSTEADY))
def test_the_runtime_computes_the_same_with_the_file_rewritten(path: Path) -> None:
    pytest.importorskip("ai_edge_litert", reason="ai_edge_litert is not installed")
    original, rewritten = outcomes(path.read_bytes(), write(read(path)))
    assert original == rewritten
    refusal = LITERT_REFUSES.get(name(path))
    assert (refusal in str(original)) if refusal else not str(original).startswith("refused")


def outcomes(*models: bytes) -> list[Any]:
    """What the runtime makes of each model: its outputs or its complaint; in a child, since it aborts on some."""
    context = multiprocessing.get_context("fork")
    results = []
    for model in models:
        here, there = context.Pipe(duplex=False)
        child = context.Process(target=run, args=(model, there))
        child.start()
        there.close()
        try:
            results.append(here.recv())
        except EOFError:
            child.join()
            results.append(f"ended by signal {-(child.exitcode or 0)}")
    return results


def run(model: bytes, results: Any) -> None:
    """Send the outputs for fixed inputs, or what the runtime says instead."""
    faulthandler.disable()
    module = importlib.import_module("ai_edge_litert.interpreter")
    stage = "refused"
    try:
        resolver = module.OpResolverType.BUILTIN_REF
        interpreter = module.Interpreter(model_content=model, experimental_op_resolver_type=resolver)
        stage = "failed"
        interpreter.allocate_tensors()
        for detail in interpreter.get_input_details():
            interpreter.set_tensor(detail["index"], some(detail["shape"], np.dtype(detail["dtype"])))
        interpreter.invoke()
        outputs = [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]
        results.send(
            [(out.dtype.str, out.shape, out.tolist() if out.dtype == object else out.tobytes()) for out in outputs]
        )
    except (RuntimeError, ValueError) as error:
        results.send(f"{stage}: {error}")
    os._exit(0)  # On some models the runtime's destructor crashes too.


def some(shape: Any, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """Values that depend on nothing but shape and type."""
    if dtype.kind in "OS":
        return np.full(shape, b"word", object)
    return np.random.default_rng(7).integers(0, 8, shape).astype(dtype)
