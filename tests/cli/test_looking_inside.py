"""trace, explain, diff, audit and vectors through the real entry point."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tests.cli.test_commands import DIGITS, MODELS, run

SEPARABLE = MODELS / "separable" / "int8.tflite"


def test_trace(tmp_path: Path) -> None:
    said = run("trace", DIGITS, "--stages", "--op", "CONV_2D", "-o", tmp_path / "t.npz")
    assert "accumulator" in said
    records = json.loads(run("trace", DIGITS, "--stages", "--op", "0", "--json"))
    assert [record["stage"] for record in records] == ["accumulator", "requantized", "output"]
    with np.load(tmp_path / "t.npz") as npz:
        assert npz["0/000.CONV_2D/accumulator"].dtype == np.int32


def test_explain(tmp_path: Path) -> None:
    said = run("explain", DIGITS, "--op", "0", "--at", "0,0,3,5", "--picture", tmp_path / "p.svg", "--profile", "all")
    assert "3 taps of the window are padding" in said
    assert "reference and optimized" in said
    assert (tmp_path / "p.svg").read_text().startswith("<svg")
    explained = json.loads(run("explain", DIGITS, "--op", "0", "--at", "0,0,3,5", "--json"))
    steps = explained["explanations"][0]["steps"]
    assert steps[-1][0] == "output"
    assert steps[-1][2] == explained["explanations"][0]["value"]
    assert "no element [9, 9, 9, 9]" in run("explain", DIGITS, "--at", "9,9,9,9", code=2)
    assert "--at takes integers" in run("explain", DIGITS, "--at", "here", code=2)


def test_diff_tells_by_its_exit_code(tmp_path: Path) -> None:
    assert "are equal to those of reference" in run("diff", SEPARABLE, "reference")
    found = json.loads(run("diff", SEPARABLE, MODELS / "separable" / "float32.tflite", "--json", code=1))
    assert found["first"]["operator"] == 0
    run("trace", SEPARABLE, "-o", tmp_path / "t.npz", "--seed", "4")
    run("diff", SEPARABLE, tmp_path / "t.npz", "--seed", "4")
    assert "differ from t.npz" in run("diff", SEPARABLE, tmp_path / "t.npz", "--profile", "xnnpack", code=1)
    assert "is no profile" in run("diff", SEPARABLE, "nothing", code=2)


def test_identify_tells_by_its_exit_code(tmp_path: Path) -> None:
    run("trace", SEPARABLE, "-o", tmp_path / "t.npz", "--profile", "xnnpack", "--seed", "4")
    assert "are those of profile xnnpack" in run("identify", SEPARABLE, "--dump", tmp_path / "t.npz")
    only = json.loads(run("identify", SEPARABLE, "--dump", tmp_path / "t.npz", "--profile", "reference", "--json"))
    assert only["profiles"] == []
    assert "one rounding, ties up" in only["arithmetics"]
    assert "explains" in run("identify", SEPARABLE, "--dump", SEPARABLE.with_name("float32.tflite"), code=1)
    said = run("identify", SEPARABLE, "--dump", tmp_path / "t.npz", "--op", "4")
    assert "contradicted by" in said
    assert "not among those looked at" in run("identify", SEPARABLE, "--dump", tmp_path / "t.npz", "--op", "99", code=2)
    assert "is no profile" in run("identify", SEPARABLE, "--dump", "nothing", code=2)


def test_audit(tmp_path: Path) -> None:
    said = run("audit", SEPARABLE, "--random", "3", "--csv", tmp_path / "a.csv")
    assert "3 samples, profile reference; worst case" in said
    assert (tmp_path / "a.csv").read_text().startswith("op_name,tensor_idx,num_elements,stddev,")
    np.save(tmp_path / "x.npy", np.zeros((5, 8, 8, 1), np.int8))
    assert json.loads(run("audit", SEPARABLE, tmp_path / "x.npy", "--json"))["samples"] == 5


def test_vectors(tmp_path: Path) -> None:
    said = run("vectors", DIGITS, tmp_path / "v", "--op", "0", "--format", "hex")
    assert "DoubleRounding" in said
    assert sorted(path.suffix for path in (tmp_path / "v" / "000_conv_2d").iterdir()) == [".hex"] * 9
    assert "Unknown formats" in run("vectors", DIGITS, tmp_path / "v", "--format", "vhdl", code=2)
