"""The commands, one module each, and what they share."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(
    name="pytflite",
    help="Read, check and run .tflite models, bit for bit as tf.lite's reference kernels do.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
console = Console(soft_wrap=False)


def print_json(value: Any) -> None:
    """Print a dataclass, or a list of them, as JSON."""
    print(json.dumps(value, default=_plain, indent=2))


def _plain(value: Any) -> Any:
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else str(value)


def table(title: str, *columns: str) -> Table:
    """A table whose columns named with a leading ``>`` are aligned to the right."""
    made = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column.lstrip(">"), justify="right" if column.startswith(">") else "left", overflow="fold")
    return made


def size(count: float) -> str:
    """A count with a decimal prefix: 1234567 is ``1.2 M``."""
    for prefix in ("", "k", "M", "G"):
        if abs(count) < 1000:
            return f"{count:.0f}" if prefix == "" else f"{count:.1f} {prefix}"
        count /= 1000
    return f"{count:.1f} T"


from pytflite.cli import (  # noqa: E402 - each registers its command
    audit,  # noqa: F401
    bench,  # noqa: F401
    compare,  # noqa: F401
    demo,  # noqa: F401
    diff,  # noqa: F401
    explain,  # noqa: F401
    identify,  # noqa: F401
    inspect,  # noqa: F401
    ops,  # noqa: F401
    profiles,  # noqa: F401
    report,  # noqa: F401
    run,  # noqa: F401
    trace,  # noqa: F401
    vectors,  # noqa: F401
    verify,  # noqa: F401
)
