"""Small pieces of HTML for notebooks: what ``_repr_html_`` methods are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import islice
from typing import Any

MOST_ROWS = 200
"""Rows that a table shows; notebooks keep all they show."""


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table; what is beyond `MOST_ROWS` is counted, not shown."""
    waiting = iter(rows)
    shown = [[_cell(value) for value in row] for row in islice(waiting, MOST_ROWS)]
    hidden = sum(1 for _ in waiting)
    body = "".join(f"<tr>{''.join(cells)}</tr>" for cells in shown)
    more = f"<p>{hidden} more rows are not shown.</p>" if hidden else ""
    top = "".join(f"<th>{escape(name)}</th>" for name in head)
    return f"<table><caption>{escape(caption)}</caption><tr>{top}</tr>{body}</table>{more}"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        value = f"{value:.6g}"
    return f"<td>{escape('' if value is None else str(value))}</td>"


def lines(text: str) -> str:
    """Text as it is."""
    return f"<pre>{escape(text)}</pre>"


def frame(page: str, height: int = 720) -> str:
    """A whole page inside of another."""
    return f'<iframe srcdoc="{escape(page)}" style="width: 100%; height: {height}px; border: 0"></iframe>'
