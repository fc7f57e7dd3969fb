"""The page about a run: what its data says, that it stands alone, and that a browser draws it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pytflite
from pytflite.tools.report.layout import lay_out
from tests import golden

DIGITS = golden.load("digits/int8")


def inputs_of(recording: golden.Recording) -> list[np.ndarray]:
    return list(recording.inputs(0).values())


@pytest.fixture(scope="module")
def made() -> pytflite.Report:
    other = golden.load("residual/int8")
    return pytflite.report(other.model, inputs_of(other), against=["xnnpack", "reference"])


def data_in(page: str) -> Any:
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    return json.loads(text)


def test_values_are_those_of_the_recording(made: pytflite.Report) -> None:
    truth = golden.load("residual/int8").tensors["reference"][0]
    compared = 0
    for page in made.operators:
        for held in page.outputs:
            theirs = truth.get(held.tensor)
            if theirs is None or held.low is None:
                continue
            assert (held.low, held.high) == (theirs.min(), theirs.max())
            assert sum(held.counts) == theirs.size
            edges = held.start + held.step * np.arange(len(held.counts) + 1)
            assert list(held.counts) == np.histogram(theirs, edges)[0].tolist()
            compared += 1
    assert compared == len(made.operators)


def test_the_page_stands_alone_and_holds_the_report(made: pytflite.Report) -> None:
    page = made.html()
    assert not re.findall(r"""(?:src|href)\s*=|@import|url\(|fetch\(""", page)
    assert "<!--" not in page
    data = data_in(page)
    assert [o["operator"]["name"] for o in data["operators"]] == [o.operator.name for o in made.operators]
    assert [d["theirs"] for d in data["diffs"]] == ["xnnpack", "reference"]
    assert data["diffs"][1]["first"] is None


def test_operators_that_differ_are_explained_first(made: pytflite.Report) -> None:
    makers = {line.operator for line in made.diffs[0].tensors if line.injected}
    assert makers
    for page in made.operators:
        if page.operator.index in makers:
            assert "xnnpack" in page.explanation
            assert page.operator.name in page.explanation


def test_what_made_a_dump_is_told(tmp_path: Path) -> None:
    held = pytflite.trace(DIGITS.model, [inputs_of(DIGITS)], profile="xnnpack").tensors()
    np.savez(tmp_path / "dump.npz", **{name.replace("/", "|"): array for name, array in held.items()})
    page = pytflite.report(DIGITS.model, inputs_of(DIGITS), against=[tmp_path / "dump.npz"], explanations=0)
    (identity,) = page.identities
    assert "xnnpack" in identity.profiles
    assert len(identity.operators) == len(page.operators)
    assert data_in(page.html())["identities"][0]["verdict"] == identity.verdict


def test_few_explanations_when_few_are_asked_for() -> None:
    few = pytflite.report(DIGITS.model, inputs_of(DIGITS), explanations=2, accumulators=False)
    assert sum(bool(page.explanation) for page in few.operators) == 2
    assert all(line.accumulator_bits is None for page in few.operators for line in page.audit)


def test_node_data_for_model_explorer(made: pytflite.Report) -> None:
    data = made.node_data()
    assert list(data)[:3] == ["saturated", "differs from xnnpack", "made here, against xnnpack"]
    graph = data["differs from xnnpack"][made.graph]
    assert [stop["stop"] for stop in graph["gradient"]] == [0, 1]
    for line in made.diffs[0].tensors:
        assert graph["results"][str(line.operator)]["value"] >= 1 - line.equal
    assert json.loads(json.dumps(data)) == data


def test_rows_follow_what_is_taken() -> None:
    places, edges = lay_out([([0], [1]), ([1], [2]), ([1], [3]), ([2, 3], [4]), ([9], [8])])
    assert edges == [(0, 1), (0, 2), (1, 3), (2, 3)]
    assert [place.row for place in places] == [0, 1, 1, 2, 0]
    assert len(set(places)) == len(places)
    for one, other in edges:
        assert places[one].row < places[other].row


def test_a_model_without_operators() -> None:
    b = pytflite.ModelBuilder()
    g = b.subgraph("main")
    g.mark_output(g.input("x", (2,), "i8"))
    empty = pytflite.report(b.build(), [np.zeros(2, np.int8)])
    assert empty.operators == ()
    assert data_in(empty.html())["operators"] == []


BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here: apt-get install chromium")
def test_a_browser_draws_every_operator(made: pytflite.Report, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(made.html(), encoding="utf-8")
    drawn = subprocess.run(
        [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", f"file://{page}#op1"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout
    assert len(re.findall(r'<g class="node', drawn)) == len(made.operators)
    assert len(re.findall(r'<g class="node[^"]*chosen', drawn)) == 1
    assert "Against xnnpack" in drawn
