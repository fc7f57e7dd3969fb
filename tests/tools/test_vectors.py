"""Test vectors: read back in every format, compared with the real runtime's recordings, recomputed by a C program."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import pytflite
from tests import golden

ROOT = Path(__file__).parents[2]
RECORDING = golden.load("digits/int8")
INPUTS = list(RECORDING.inputs(1).values())
MODEL = pytflite.read(RECORDING.model)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("vectors")
    pytflite.vectors(MODEL, INPUTS, path)
    return path


def entries(folder: Path) -> list[dict]:  # type: ignore[type-arg]
    return json.loads((folder / "manifest.json").read_text())["operators"]


def test_outputs_in_every_format_are_those_of_the_real_runtime(folder: Path) -> None:
    truth = RECORDING.tensors["reference"][1]
    for entry in entries(folder):
        wanted = truth[MODEL.main.operators[entry["operator"]].outputs[0]]
        place = folder / entry["folder"]
        with np.load(place / "vectors.npz") as npz:
            assert np.array_equal(npz["output"], wanted)
        assert (place / "output.bin").read_bytes() == wanted.tobytes()
        flat = wanted.reshape(-1).tolist()
        lines = (place / "output.hex").read_text().splitlines()[1:]
        assert [int(line, 16) for line in lines] == [n & 0xFF for n in flat]
        header = (place / "vectors.h").read_text()
        (body,) = re.findall(r"int8_t output_data\[\d+\] = \{([^}]*)\}", header)
        assert [int(n) for n in body.split(",") if n.strip()] == flat
        (body,) = re.findall(r"OUTPUT \[0:\d+\] = '\{([^}]*)\}", (place / "vectors.sv").read_text())
        assert [int(n, 16) for n in re.findall(r"8'h(\w+)", body)] == [n & 0xFF for n in flat]


def test_the_manifest_lists_every_file_with_its_hash(folder: Path) -> None:
    listed = {f["path"]: f["sha256"] for f in json.loads((folder / "manifest.json").read_text())["files"]}
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    assert set(listed) == set(found) - {"manifest.json"}
    for path, digest in listed.items():
        assert hashlib.sha256(found[path].read_bytes()).hexdigest() == digest
    for entry in entries(folder):
        for array in entry["arrays"]:
            raw = (folder / entry["folder"] / f"{array['name']}.bin").read_bytes()
            assert hashlib.sha256(raw).hexdigest() == array["sha256"]
            assert len(raw) == np.prod(array["shape"]) * np.dtype(array["dtype"]).itemsize


def test_the_same_run_makes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    pytflite.vectors(MODEL, INPUTS, tmp_path)
    for path in folder.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / path.relative_to(folder)).read_bytes()


def test_the_folded_bias_does_without_the_input_offset(folder: Path) -> None:
    entry = next(e for e in entries(folder) if e["op"] == "FULLY_CONNECTED")
    with np.load(folder / entry["folder"] / "vectors.npz") as npz:
        products = npz["input"].astype(int).reshape(-1, npz["filter"].shape[1]) @ npz["filter"].astype(int).T
        assert np.array_equal(products + npz["folded_bias"], npz["accumulator"])


def compiled(program: Path, vectors: Path, to: Path) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler is installed")
    command = [
        compiler,
        "-std=c99",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-Wno-unused-variable",
        "-Wno-unused-const-variable",
    ]
    subprocess.run([*command, f"-I{vectors}", str(program), "-o", str(to)], check=True)
    return to


@pytest.mark.parametrize("operator", [0, 1])
def test_the_c_example_recomputes_a_layer(folder: Path, tmp_path: Path, operator: int) -> None:
    program = compiled(ROOT / "examples" / "vectors" / "conv_2d.c", folder / f"{operator:03d}_conv_2d", tmp_path / "a")
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    size = RECORDING.tensors["reference"][1][MODEL.main.operators[operator].outputs[0]].size
    assert done.stdout == f"{size} elements, 0 stages wrong\n"
    assert done.returncode == 0


def test_the_c_example_finds_a_wrong_multiplier(folder: Path, tmp_path: Path) -> None:
    header = (folder / "000_conv_2d" / "vectors.h").read_text()
    body = re.search(r"multiplier_data\[\d+\] = \{\s*(\d+)", header)
    assert body is not None
    wrong = header[: body.start(1)] + str(int(body[1]) - 40_000_000) + header[body.end(1) :]
    (tmp_path / "vectors.h").write_text(wrong)
    program = compiled(ROOT / "examples" / "vectors" / "conv_2d.c", tmp_path, tmp_path / "a")
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "requantized" in done.stdout
    assert "accumulator" not in done.stdout


def test_the_hex_loader(folder: Path) -> None:
    script = ROOT / "examples" / "vectors" / "load_hex.py"
    done = subprocess.run([sys.executable, script, folder, "0"], capture_output=True, text=True, check=True)
    with np.load(folder / "000_conv_2d" / "vectors.npz") as npz:
        low, high = npz["accumulator"].min(), npz["accumulator"].max()
        assert f"accumulator: {npz['accumulator'].size} words, {low}..{high}\n" in done.stdout


def simulated(folder: Path, sources: Path) -> subprocess.CompletedProcess[str]:
    """The cocotb example on the first operator."""
    return subprocess.run(
        [sys.executable, sources / "test_requantize.py", folder, "0"], capture_output=True, text=True, check=False
    )


@pytest.mark.skipif(
    shutil.which("iverilog") is None or importlib.util.find_spec("cocotb") is None,
    reason="needs Icarus Verilog and cocotb: apt-get install iverilog; pip install cocotb",
)
def test_the_cocotb_example_passes_and_finds_a_fault(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "vectors")
    shutil.copytree(ROOT / "examples" / "vectors", tmp_path / "sources")
    done = simulated(tmp_path / "vectors", tmp_path / "sources")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "512 elements are right" in done.stdout + done.stderr
    module = tmp_path / "sources" / "requantize.sv"
    module.write_text(module.read_text().replace("(remainder > threshold", "(remainder > mask"))
    shutil.rmtree(tmp_path / "vectors" / "sim")
    done = simulated(tmp_path / "vectors", tmp_path / "sources")
    assert done.returncode != 0
    assert "becomes" in done.stdout + done.stderr


def test_other_kinds_of_models_are_written_too(tmp_path: Path) -> None:
    for name in ("separable/int16x8", "residual/int8", "digits/float32", "lstm/int8"):
        recording = golden.load(name)
        made = pytflite.vectors(recording.model, list(recording.inputs(0).values()), tmp_path / name)
        assert len(made.operators) == len(pytflite.read(recording.model).main.operators)
        if compiler := shutil.which("cc"):
            for header in (tmp_path / name).rglob("vectors.h"):
                subprocess.run([compiler, "-std=c99", "-fsyntax-only", header], check=True)


def test_what_is_refused(tmp_path: Path) -> None:
    with pytest.raises(pytflite.ArgumentError, match="Unknown formats vhdl"):
        pytflite.vectors(MODEL, INPUTS, tmp_path, formats=["vhdl"])
    with pytest.raises(pytflite.ArgumentError, match="No operator fits CONV_3D"):
        pytflite.vectors(MODEL, INPUTS, tmp_path, operators=["CONV_3D"])
