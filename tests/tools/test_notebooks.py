"""What notebooks show of results."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import pytflite
from pytflite import markup
from tests import golden

DIGITS = golden.load("digits/int8")
MODEL = pytflite.read(DIGITS.model)
INPUTS = list(DIGITS.inputs(0).values())

SHOWN: dict[str, tuple[Callable[[], Any], str]] = {
    "model": (lambda: MODEL, "CONV_2D"),
    "loaded": (lambda: pytflite.load(MODEL), "profile reference"),
    "trace": (lambda: pytflite.trace(MODEL, [INPUTS], stages=True), "/accumulator"),
    "diff": (lambda: pytflite.diff(MODEL, "xnnpack", INPUTS), "against xnnpack"),
    "identity": (lambda: pytflite.identify(MODEL, "optimized", INPUTS), "made by"),
    "explained": (lambda: pytflite.explain(MODEL, INPUTS, 0), "accumulator"),
    "audit": (lambda: pytflite.audit(MODEL, [INPUTS]), "1 samples"),
}


@pytest.mark.parametrize("name", SHOWN)
def test_results_show_themselves(name: str) -> None:
    make, part = SHOWN[name]
    html = make()._repr_html_()
    assert part in html
    ET.fromstring(f"<div>{html}</div>")


def test_a_report_is_a_frame() -> None:
    html = pytflite.report(MODEL, INPUTS, explanations=1)._repr_html_()
    frame = ET.fromstring(html)
    assert frame.attrib["srcdoc"].startswith("<!doctype html>")


def test_names_are_escaped_and_long_tables_end() -> None:
    html = markup.table("<b>", ["<i>"], ([f"<{k}>"] for k in range(markup.MOST_ROWS + 3)))
    assert "<b>" not in html
    assert "<0>" not in html
    assert html.count("<td>") == markup.MOST_ROWS
    assert "3 more rows" in html
    assert "0.333333" in markup.table("", [], [[1 / 3, None, np.int8(3)]])
