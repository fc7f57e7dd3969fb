"""The command line: ``pytflite inspect | verify | run | ops | demo | trace | explain | diff | identify | ...``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; a fault that is the user's is one line on stderr and exit code 2."""
    from pytflite.cli.app import app
    from pytflite.errors import PytfliteError

    try:
        app()
    except (PytfliteError, OSError) as fault:
        print(f"pytflite: {fault}", file=sys.stderr)
        sys.exit(2)
