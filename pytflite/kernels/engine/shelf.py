"""Files that this package keeps for later processes: whole at all times, and good only for the stamp they came with.

What is damaged, or came from elsewhere, is not there.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import sys
import threading
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pytflite.errors import CacheWarning

PACKAGE = Path(__file__).resolve().parents[2]


def places() -> Iterator[Path]:
    """Where files may lie, in the order of preference: beside the package, else in the user's own cache.

    NUMBA_CACHE_DIR stands for both.
    """
    told = os.environ.get("NUMBA_CACHE_DIR")
    if told:
        yield Path(told) / "pytflite"
        return
    yield PACKAGE / "__pycache__" / "engine"
    with contextlib.suppress(RuntimeError):  # no home
        yield _user_cache() / "pytflite"


def _user_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def read(stamp: str, name: str) -> bytes | None:
    """The content of a file, None where there is none that is good for a stamp."""
    for place in places():
        with contextlib.suppress(OSError):
            content = (place / stamp[:32] / name).read_bytes()
            if content[:32] == _checksum(stamp, content[32:]):
                return content[32:]
    return None


def write(stamp: str, name: str, content: bytes) -> None:
    """Keep a file in the first place that takes it.

    Warns:
        CacheWarning: once, where no place does.
    """
    for place in places():
        with contextlib.suppress(OSError):
            folder = place / stamp[:32]
            folder.mkdir(parents=True, exist_ok=True)
            own = folder / f"{name}.{os.getpid()}-{threading.get_ident()}"
            try:
                own.write_bytes(_checksum(stamp, content) + content)
                own.replace(folder / name)
            finally:
                own.unlink(missing_ok=True)
            return
    _warn()


@cache
def _warn() -> None:
    tried = " or ".join(map(str, places()))
    message = f"pytflite cannot write to {tried}: every process compiles anew. Set NUMBA_CACHE_DIR to keep its code."
    warnings.warn(message, CacheWarning, stacklevel=2)


def _checksum(stamp: str, content: bytes) -> bytes:
    return hashlib.sha256(stamp.encode() + content).digest()


def version_of(package: str) -> str:
    """What a package (numba or llvmlite) says of its version, without importing it."""
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).with_name("_version.py").read_text()
