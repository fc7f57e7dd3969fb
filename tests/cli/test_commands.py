"""The command line, through its real entry point."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pytflite
from pytflite.build import ModelBuilder
from pytflite.schema.enums import BuiltinOperator

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "golden" / "models"
DIGITS = MODELS / "digits" / "int8.tflite"


def run(*arguments: str | Path, code: int = 0) -> str:
    command = [sys.executable, "-m", "pytflite", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "120", "NO_COLOR": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def picture(number: int) -> Any:
    image = np.load(ROOT / "pytflite" / "data" / "digits.npz")["images"][number]
    return (image / 16).astype(np.float32)[None, ..., None]


def test_demo() -> None:
    said = run("demo")
    assert "10 of 10 named rightly" in said
    assert max(map(len, said.splitlines()[2:])) <= 80


def test_inspect() -> None:
    said = run("inspect", DIGITS)
    assert "FULLY_CONNECTED" in said
    assert "zero point -128" in said
    described = json.loads(run("inspect", DIGITS, "--json"))
    assert [o["name"] for o in described["subgraphs"][0]["operators"]][:2] == ["CONV_2D", "CONV_2D"]
    assert described["subgraphs"][0]["operators"][0]["macs"] == 8 * 8 * 8 * 9
    assert described["signatures"]["serving_default"]["inputs"] == {"image": 0}


def test_verify(tmp_path: Path) -> None:
    assert "passes" in run("verify", DIGITS)
    broken = tmp_path / "broken.tflite"
    broken.write_bytes(DIGITS.read_bytes()[:-5000])
    assert "fails" in run("verify", broken, code=1)
    (finding,) = json.loads(run("verify", broken, "--json", code=1))[str(broken)]
    assert finding["rule"] == "format"
    b = ModelBuilder()
    g = b.subgraph()
    g.operator("Mystery", [g.input("x", (1,), "f32")], [g.output("y", (1,), "f32")])
    b.build().save(tmp_path / "custom.tflite")
    assert "unresolved custom op: Mystery" in run("verify", tmp_path / "custom.tflite", code=1)


def test_run_on_arrays(tmp_path: Path) -> None:
    np.save(tmp_path / "seven.npy", picture(7))
    said = run(
        "run", DIGITS, tmp_path / "seven.npy", "--float", "--labels", MODELS / "digits" / "labels.txt", "--top", "1"
    )
    assert "int8[1, 10]" in said
    assert said.splitlines()[-1].split()[0] == "7"
    codes = pytflite.quantize(picture(7), (1 / 255, -128))
    np.savez(tmp_path / "seven.npz", image=codes)
    (tmp_path / "seven.raw").write_bytes(codes.tobytes())
    np.savetxt(tmp_path / "seven.csv", codes.reshape(8, 8), delimiter=",", fmt="%d")
    answers = {
        suffix: json.loads(run("run", DIGITS, f"image={tmp_path / f'seven.{suffix}'}", "--json"))
        for suffix in ("npz", "raw", "csv")
    }
    assert len({json.dumps(answer) for answer in answers.values()}) == 1
    assert int(np.argmax(answers["raw"]["probabilities"])) == 7


def test_run_writes_npz(tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", picture(1))
    run("run", DIGITS, tmp_path / "one.npy", "--float", "-o", tmp_path / "out.npz")
    stored = np.load(tmp_path / "out.npz")["probabilities"]
    assert stored.dtype == np.float32
    assert int(np.argmax(stored)) == 1


def test_run_on_a_picture(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    pixels = np.round(picture(3)[0, ..., 0] * 255).astype(np.uint8)
    image.fromarray(pixels).save(tmp_path / "three.png")
    as_codes = json.loads(run("run", DIGITS, tmp_path / "three.png", "--json"))
    as_real = json.loads(run("run", DIGITS, tmp_path / "three.png", "--std", "255", "--json"))
    assert as_codes == as_real
    assert int(np.argmax(as_codes["probabilities"])) == 3
    image.fromarray((pixels.astype(int) - 128).astype(np.int8).view(np.uint8)).save(tmp_path / "bytes.png")
    assert json.loads(run("run", DIGITS, tmp_path / "bytes.png", "--bytes", "--json")) == as_codes


def test_run_on_a_sound(tmp_path: Path) -> None:
    b = ModelBuilder()
    g = b.subgraph()
    x = g.input("samples", (1, 5), "f32")
    g.operator(BuiltinOperator.RELU, [x], [g.output("loud", (1, 5), "f32")])
    b.build().save(tmp_path / "relu.tflite")
    with wave.open(str(tmp_path / "sound.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16000)
        sound.writeframes(np.array([-32768, 0, 1, 16384, 32767], "<i2").tobytes())
    answer = json.loads(run("run", tmp_path / "relu.tflite", tmp_path / "sound.wav", "--std", "32768", "--json"))
    assert answer["loud"] == [[0.0, 0.0, 1 / 32768, 0.5, 32767 / 32768]]


def test_faults_are_one_line(tmp_path: Path) -> None:
    assert "No such file" in run("run", tmp_path / "none.tflite", code=2)
    assert "the model takes: image int8[1, 8, 8, 1]" in run("run", DIGITS, code=2)
    assert "Unknown profile 'fast'. Accepted: " in run("run", DIGITS, "x.npy", "--profile", "fast", code=2)
    (tmp_path / "x.pdf").write_bytes(b"")
    assert "cannot be read. Accepted: .npy" in run("run", DIGITS, tmp_path / "x.pdf", code=2)
    np.save(tmp_path / "x.npy", np.zeros((3, 3), np.int8))
    assert "9 elements" in run("run", DIGITS, tmp_path / "x.npy", code=2)
    (tmp_path / "junk.tflite").write_bytes(b"junk" * 9)
    assert "byte offset" in run("inspect", tmp_path / "junk.tflite", code=2)


def test_ops() -> None:
    assert "CONV_2D" in run("ops", "conv")
    rows = json.loads(run("ops", "--json"))
    assert {"op": "CONV_2D", "types": "i8 i8 i32 -> i8", "rule": "int8", "kernel": "conv_2d", "note": ""} in rows


def test_bench_and_warm() -> None:
    assert "ready after" in run("warm", DIGITS)
    said = run("bench", DIGITS, "--rounds", "2", "--threads", "2")
    assert "us a run" in said
    assert "FULLY_CON" in said
    timed = json.loads(run("bench", DIGITS, "--rounds", "2", "--no-engine", "--json"))
    assert [line["macs"] for line in timed["operators"][:1]] == [8 * 8 * 8 * 9]
    assert {line["kernel"] for line in timed["operators"]} >= {"kernel conv_2d", "kernel fully_connected"}
    assert all(line["microseconds"] > 0 for line in timed["operators"])
    assert {line["bound"] for line in timed["operators"]} <= {"MACs", "memory", "cache"}


def test_run_gives_the_same_with_threads_and_without_the_engine(tmp_path: Path) -> None:
    np.save(tmp_path / "image.npy", picture(3))
    given = ("run", DIGITS, tmp_path / "image.npy", "--float", "--json")
    assert json.loads(run(*given, "--threads", "2")) == json.loads(run(*given, "--no-engine"))
