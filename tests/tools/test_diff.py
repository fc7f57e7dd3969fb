"""Comparisons: planted faults are found where they were planted, and nothing else is."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

import flatbuffers
import numpy as np
import pytest

import pytflite
from pytflite.profiles import OPTIMIZED, REFERENCE, requantize
from pytflite.tools.parity import random_inputs
from pytflite.tools.sides import inputs_in, run_all
from tests import golden
from tests.files import SHARED, needs_corpus
from tests.ops.harness import Case
from tests.ops.test_svdf import svdf
from tests.ops.variables import running_sum

SEPARABLE = pytflite.read(golden.load("separable/int8").model)
INPUTS = random_inputs(SEPARABLE, 1)
TENSORS = pytflite.trace(SEPARABLE, [INPUTS]).tensors()
COMPUTED = {name: array for name, array in TENSORS.items() if name != SEPARABLE.main.tensors[0].name}
DEPTHWISE = [o.index for o in SEPARABLE.main.operators if o.name == "DEPTHWISE_CONV_2D"]


def test_a_run_equals_itself() -> None:
    found = pytflite.diff(SEPARABLE, "reference", INPUTS)
    assert found.equal
    assert len(found.tensors) == len(SEPARABLE.main.operators)
    assert {line.verdict for line in found.tensors} == {"equal"}


@pytest.mark.parametrize("op", ["DEPTHWISE_CONV_2D", "CONV_2D", "MEAN"])
def test_a_changed_requantizer_is_found_in_its_operators_and_nowhere_else(op: str) -> None:
    changed = REFERENCE.override("changed", {op: requantize("wide")})
    found = pytflite.diff(SEPARABLE, changed, INPUTS)
    assert not found.equal
    assert found.first is not None
    assert found.first.op == op
    assert found.first.injected == found.first.differing
    assert found.first.inherited == 0
    for line in found.tensors:
        assert line.injected is not None
        assert not line.injected or line.op == op, line
        if line.differing and line.op != op:
            assert line.verdict.endswith("all because its inputs differ")


@needs_corpus
@pytest.mark.parametrize(
    ("name", "op"),
    [
        ("kws_ref_model.tflite", "DEPTHWISE_CONV_2D"),
        ("pretrainedResnet_quant.tflite", "ADD"),
        ("ad01_int8.tflite", "FULLY_CONNECTED"),
        ("vww_96_int8.tflite", "CONV_2D"),
    ],
)
def test_a_fault_in_a_net_of_mlperf_tiny_is_found_where_it_is(name: str, op: str) -> None:
    model = pytflite.read(next(SHARED.rglob(name)))
    faulty = REFERENCE.override("faulty", {op: requantize("wide")})
    found = pytflite.diff(model, faulty, random_inputs(model, 7))
    assert found.first is not None
    assert found.first.op == op
    assert {line.op for line in found.tensors if line.injected} == {op}


def test_histogram_and_worst_element_of_a_planted_fault() -> None:
    name = SEPARABLE.main.tensors[SEPARABLE.main.operators[2].outputs[0]].name
    planted = dict(COMPUTED)
    planted[name] = planted[name].copy()
    flat = planted[name].reshape(-1)
    room = np.flatnonzero((flat > -100) & (flat < 100))[:4]
    flat[room] += np.array([1, 1, -2, 20], np.int8)
    found = compare_npz(planted)
    assert found.first is not None
    assert (found.first.operator, found.first.differing) == (2, 4)
    assert found.first.histogram == {"-2": 1, "1": 2, "above 8": 1}
    assert found.first.largest == 20
    assert found.first.worst == tuple(int(i) for i in np.unravel_index(room[3], planted[name].shape))
    assert found.first.theirs == found.first.ours + 20
    assert found.first.equal == 1 - 4 / flat.size


def compare_npz(arrays: dict[str, np.ndarray]) -> pytflite.Diff:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dump.npz"
        np.savez(path, **{name.replace("/", "_"): array for name, array in arrays.items()})
        return pytflite.diff(SEPARABLE, path, INPUTS)


def test_recordings_of_other_kernels_count_as_numpy_counts(tmp_path: Path) -> None:
    recording = golden.load("separable/int8")
    operators = len(SEPARABLE.main.operators)
    for resolver, compared in (("builtin", operators), ("auto", 1)):
        counted = []
        for sample, theirs in enumerate(recording.tensors[resolver]):
            ours = recording.tensors["reference"][sample]
            np.savez(tmp_path / "dump.npz", **{f"tensor_{i}": array for i, array in theirs.items()})
            found = pytflite.diff(recording.model, tmp_path / "dump.npz", list(recording.inputs(sample).values()))
            assert len(found.tensors) == compared
            for line in found.tensors:
                assert line.differing == int((theirs[line.tensor] != ours[line.tensor]).sum())
                counted.append(line.differing)
        assert any(counted)


@pytest.mark.parametrize("name", ["separable/int8", "digits/int8", "residual/int8"])
def test_profile_optimized_is_equal_to_its_recording(name: str, tmp_path: Path) -> None:
    recording = golden.load(name)
    for sample, theirs in enumerate(recording.tensors["builtin"]):
        np.savez(tmp_path / "dump.npz", **{f"tensor_{i}": array for i, array in theirs.items()})
        inputs = list(recording.inputs(sample).values())
        found = pytflite.diff(recording.model, tmp_path / "dump.npz", inputs, profile="optimized")
        assert found.equal, found.verdict


# ----------------------------------------------------------------------------------------------------------- dumps


def plain(name: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in name)


def write_raw(path: Path) -> Path:
    path.mkdir()
    for name, array in COMPUTED.items():
        (path / f"{plain(name)}.raw").write_bytes(array.tobytes())
    return path


def write_npy(path: Path) -> Path:
    path.mkdir()
    for name, array in COMPUTED.items():
        np.save(path / f"{plain(name)}.npy", array)
    return path


def write_c(path: Path) -> Path:
    path = path.with_suffix(".h")
    arrays = [
        f"const int8_t {plain(name)}[{array.size}] = {{ /* 1, 2 */\n  {', '.join(map(str, array.reshape(-1)))} }};"
        for name, array in COMPUTED.items()
    ]
    path.write_text("#include <stdint.h>\n" + "\n".join(arrays))
    return path


def write_xxd(path: Path) -> Path:
    path = path.with_suffix(".cc")
    arrays = [
        f"unsigned char {plain(name)}[] = {{\n  {', '.join(f'0x{byte:02x}' for byte in array.tobytes())}\n}};\n"
        f"unsigned int {plain(name)}_len = {array.size};"
        for name, array in COMPUTED.items()
    ]
    path.write_text("\n".join(arrays))
    return path


def write_csv(path: Path) -> Path:
    path = path.with_suffix(".csv")
    path.write_text("\n".join(",".join([plain(n), *map(str, a.reshape(-1))]) for n, a in COMPUTED.items()))
    return path


def write_log(path: Path) -> Path:
    path = path.with_suffix(".log")
    indices = {t.name: t.index for t in SEPARABLE.main.tensors}
    lines = ["booting, please wait", "[00:00:01] ready"]
    for name, array in COMPUTED.items():
        numbers = list(map(str, array.reshape(-1)))
        lines.append(f"[00:00:02] tensor {indices[name]}: {' '.join(numbers[:5])}")
        lines += [" ".join(numbers[i : i + 16]) for i in range(5, len(numbers), 16)]
        lines.append("done with this layer")
    path.write_text("\n".join(lines))
    return path


@pytest.mark.parametrize("write", [write_raw, write_npy, write_c, write_xxd, write_csv, write_log])
def test_every_kind_of_dump_is_read_whole(write, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = write(tmp_path / "dump")
    found = pytflite.diff(SEPARABLE, path, INPUTS)
    assert found.equal, found
    assert len(found.tensors) == len(COMPUTED)


@pytest.mark.parametrize("write", [write_c, write_csv, write_log])
def test_every_kind_of_dump_shows_a_fault(write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    name = list(COMPUTED)[4]
    wrong = COMPUTED[name].copy()
    wrong.reshape(-1)[7] ^= 3
    monkeypatch.setitem(COMPUTED, name, wrong)
    found = pytflite.diff(SEPARABLE, write(tmp_path / "dump"), INPUTS)
    assert found.first is not None
    assert (found.first.name, found.first.differing) == (name, 1)


def test_what_is_wrong_with_a_dump_is_told() -> None:
    names = list(COMPUTED)
    arrays: dict[str, np.ndarray] = {**COMPUTED}
    tensor = next(t for t in SEPARABLE.main.tensors if t.name == names[0])
    arrays[names[0]] = pytflite.dequantize(arrays[names[0]], tensor.quantization)
    arrays[names[1]] = arrays[names[1]].reshape(-1)[:-1]
    arrays[names[2]] = np.zeros(0, np.int8)
    arrays[names[3]] = np.full(arrays[names[3]].shape, np.nan)
    arrays["nobody"] = np.zeros(5, np.int8)
    del arrays[names[5]]
    arrays[names[6]] = arrays[names[6]].astype(np.int64)
    found = compare_npz(arrays)
    said = " ".join(found.notes)
    assert "holds real numbers" in said
    assert f"has {COMPUTED[names[1]].size - 1} elements" in said
    assert "is empty" in said
    assert "NaN" in said
    assert "fit no tensor: nobody" in said
    assert f"4 tensors are not in the dump: {names[1]}" in said
    assert found.equal
    assert {line.name for line in found.tensors} == set(names) - {names[i] for i in (1, 2, 3, 5)}


def test_something_that_is_no_dump(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("nothing to see here\n")
    with pytest.raises(pytflite.ArgumentError, match="holds no tensors"):
        pytflite.diff(SEPARABLE, tmp_path / "a.txt", INPUTS)
    with pytest.raises(pytflite.ArgumentError, match="is no profile"):
        pytflite.diff(SEPARABLE, "no_such_thing", INPUTS)


def test_names_that_are_cut_and_numbers_of_operators_are_understood() -> None:
    outputs = [SEPARABLE.main.tensors[o.outputs[0]].name for o in SEPARABLE.main.operators]
    found = compare_npz({f"prefix/{name}": COMPUTED[name] for name in outputs})
    assert found.equal
    assert len(found.tensors) == len(outputs)
    assert "a part of its name" in " ".join(found.notes)
    found = compare_npz({f"layer{i:02d}": COMPUTED[name] for i, name in enumerate(outputs)})
    assert found.equal
    assert len(found.tensors) == len(outputs)


def test_nameless_tensors_are_taken_by_size_and_order() -> None:
    outputs = [SEPARABLE.main.tensors[o.outputs[0]].name for o in SEPARABLE.main.operators]
    letters = "abcdefghijklmnopqrstuvwxyz"
    kept = [name for i, name in enumerate(outputs) if i != 7]
    found = compare_npz({f"{letters[i]}{letters[i]}": COMPUTED[name] for i, name in enumerate(kept)})
    assert {line.name for line in found.tensors} == set(kept)
    assert found.equal
    said = " ".join(found.notes)
    assert "by its size and place" in said
    assert "1 tensors are not in the dump: Mean" in said


def test_images_in_nchw_are_turned() -> None:
    def turned(array: np.ndarray) -> np.ndarray:
        return array.transpose(0, 3, 1, 2) if array.ndim == 4 and len({*array.shape[1:]}) > 1 else array

    found = compare_npz({name: turned(array) for name, array in COMPUTED.items()})
    assert found.equal, found.verdict
    assert len(found.tensors) == len(COMPUTED)
    assert "is in NCHW" in " ".join(found.notes)


def test_tensors_that_are_left_out_are_computed_from_those_before() -> None:
    faulty = REFERENCE.override("faulty", {"DEPTHWISE_CONV_2D": requantize("wide")})
    run = pytflite.trace(SEPARABLE, [INPUTS], profile=faulty)
    ends = {o.outputs[0] for o in SEPARABLE.main.operators if o.name in ("ADD", "MEAN")}
    found = pytflite.diff(SEPARABLE, {f"{r.tensor}": a for r, a in run if r.tensor in ends}, INPUTS)
    assert {line.op for line in found.tensors} == {"ADD", "MEAN"}
    assert found.first is not None
    assert found.first.injected == found.first.differing
    assert found.first.since == 0
    assert "made between operators 0 and" in found.first.verdict


# --------------------------------------------------------------------------------------------------------- invokes


def test_counts_add_up_over_invokes(tmp_path: Path) -> None:
    invokes = [random_inputs(SEPARABLE, seed) for seed in (1, 2, 3)]
    each = [pytflite.diff(SEPARABLE, "optimized", inputs) for inputs in invokes]
    together = pytflite.diff(SEPARABLE, "optimized", *invokes)
    for i, line in enumerate(together.tensors):
        parts = [found.tensors[i] for found in each]
        for counted in ("elements", "differing", "injected", "inherited"):
            assert getattr(line, counted) == sum(getattr(part, counted) for part in parts)
        assert line.largest == max(part.largest for part in parts)
        assert not line.largest or parts[line.invoke].largest == line.largest
    path = tmp_path / "t.npz"
    pytflite.trace(SEPARABLE, invokes, profile="optimized", to=path)
    assert pytflite.diff(SEPARABLE, path, *invokes).tensors == together.tensors
    dumps = [{f"{i}": a for i, a in run_all(SEPARABLE, OPTIMIZED, {0: x[0]}).items()} for x in invokes]
    assert pytflite.diff(SEPARABLE, dumps, *invokes).tensors == together.tensors
    with pytest.raises(pytflite.ArgumentError, match="3 to compare with"):
        pytflite.diff(SEPARABLE, path, *invokes, invokes[0])


def dumps_of(case: Case) -> list[dict[str, np.ndarray]]:
    run = list(pytflite.trace(case.model, case.inputs))
    return [{f"{r.tensor}": a for r, a in run if r.invoke == n and r.tensor >= 0} for n in range(len(case.inputs))]


def test_variables_of_the_other_side_are_followed() -> None:
    case = running_sum([np.array([i, -i], np.float32) for i in range(1, 5)])
    found = pytflite.diff(case.model, "reference", *case.inputs)
    assert found.equal
    runs = [
        {f"{r.tensor}": a for r, a in pytflite.trace(case.model, case.inputs[: n + 1]) if r.invoke == n}
        for n in range(4)
    ]
    (add,) = (o for o in case.model.main.operators if o.name == "ADD")
    for run in runs[1:]:
        run[f"{add.outputs[0]}"] = run[f"{add.outputs[0]}"] + 1
    found = pytflite.diff(case.model, runs, *case.inputs)
    lines = {line.op: line for line in found.tensors}
    assert lines["ADD"].injected is not None
    assert {line.op for line in found.tensors if line.injected} >= {"ADD"}
    assert lines["READ_VARIABLE"].injected == 4


@pytest.mark.parametrize("kind", ["int8", "float32"])
def test_states_of_the_other_side_are_followed(kind: str) -> None:
    case = svdf(kind, 3)
    (operator,) = case.model.main.operators
    found = pytflite.diff(case.model, dumps_of(case), *case.inputs)
    assert found.equal
    (line,) = found.tensors
    assert (line.operator, line.injected, line.inherited) == (operator.index, 0, 0)


def test_another_model_under_another_profile() -> None:
    found = pytflite.diff(SEPARABLE, SEPARABLE, INPUTS, other_profile="optimized")
    assert not found.equal
    assert found.tensors == pytflite.diff(SEPARABLE, "optimized", INPUTS).tensors
    assert pytflite.diff(SEPARABLE, SEPARABLE, INPUTS, profile="optimized", other_profile="optimized").equal


# ------------------------------------------------------------------------------------------------------------ TFLM


def write_layer_by_layer(path: Path, tensors: dict[int, np.ndarray], inputs: list[int]) -> Path:
    """What TFLM's tool writes, by the FlatBuffers library: schema layer_by_layer_schema.fbs."""
    b = flatbuffers.Builder(1024)

    def vector(offsets: list[int]) -> int:
        b.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            b.PrependUOffsetTRelative(offset)
        return b.EndVector()

    def tensor(index: int, input_index: int, layer: int) -> int:
        array = tensors[index]
        data = b.CreateByteVector(array.tobytes())
        b.StartVector(4, array.ndim, 4)
        for size in reversed(array.shape):
            b.PrependInt32(size)
        shape = b.EndVector()
        b.StartObject(7)
        b.PrependUint32Slot(0, input_index & 0xFFFFFFFF, 0)
        b.PrependUint32Slot(1, index, 0)
        b.PrependUOffsetTRelativeSlot(2, shape, 0)
        b.PrependInt8Slot(3, {"int8": 9, "float32": 0}[array.dtype.name], 0)
        b.PrependUOffsetTRelativeSlot(4, data, 0)
        b.PrependUint32Slot(5, array.nbytes, 0)
        b.PrependUint32Slot(6, layer & 0xFFFFFFFF, 0)
        return b.EndObject()

    given = vector([tensor(index, i, -1) for i, index in enumerate(inputs)])
    written = vector([tensor(index, -1, i) for i, index in enumerate(tensors) if index not in inputs])
    b.StartObject(2)
    b.PrependUOffsetTRelativeSlot(0, written, 0)
    b.PrependUint32Slot(1, 0, 0)
    graphs = vector([b.EndObject()])
    b.StartObject(2)
    b.PrependUOffsetTRelativeSlot(0, given, 0)
    b.PrependUOffsetTRelativeSlot(1, graphs, 0)
    b.Finish(b.EndObject())
    path.write_bytes(b.Output())
    return path


@pytest.mark.parametrize("suffix", ["", ".bin", ".lbl"])
def test_what_tflm_writes_layer_by_layer(tmp_path: Path, suffix: str) -> None:
    run = run_all(SEPARABLE, OPTIMIZED, dict(zip(SEPARABLE.main.inputs, INPUTS, strict=True)))
    path = write_layer_by_layer(tmp_path / f"debug{suffix}", run, list(SEPARABLE.main.inputs))
    assert inputs_in(SEPARABLE, [path])[0][0].tobytes() == INPUTS[0].tobytes()
    assert pytflite.diff(SEPARABLE, path, INPUTS, profile="optimized").equal
    assert pytflite.diff(SEPARABLE, path, INPUTS).tensors == pytflite.diff(SEPARABLE, "optimized", INPUTS).tensors
    damaged = path.read_bytes()[:-40]
    path.write_bytes(damaged)
    with pytest.raises(pytflite.ArgumentError, match="holds no tensors"):
        pytflite.diff(SEPARABLE, path if suffix != ".bin" else path.rename(tmp_path / "debug"), INPUTS)


# ---------------------------------------------------------------------------------------------------------- models


def test_float_against_integers_without_names() -> None:
    path = golden.load("separable/int8").model.with_name("float32.tflite")
    original = pytflite.read(path)
    graph = original.main
    tensors = tuple(dataclasses.replace(t, name=f"t{i}") for i, t in enumerate(graph.tensors))
    nameless = dataclasses.replace(original, subgraphs=(dataclasses.replace(graph, tensors=tensors),))
    for other in (original, nameless):
        found = pytflite.diff(SEPARABLE, other, INPUTS)
        assert len(found.tensors) == len(SEPARABLE.main.operators)
        assert found.notes == ()
        for line in found.tensors:
            assert line.cosine is None or line.cosine > 0.9, line
            assert line.sqnr is None or line.sqnr > 8, line


def test_the_live_runtime() -> None:
    pytest.importorskip("ai_edge_litert", reason="the real runtime is not installed")
    assert pytflite.diff(SEPARABLE, "litert", INPUTS).equal
    assert not pytflite.diff(SEPARABLE, "litert:AUTO", INPUTS).equal
