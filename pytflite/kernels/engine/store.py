"""Machine code on disk, one file per kernel.

A file is good only for the sources, the versions of numba and LLVM and the processor that it was made with: they are
its folder's name, and part of the checksum that it begins with. What is damaged, or came from elsewhere, is not there.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import platform
import sys
import threading
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import llvmlite

from pytflite.errors import CacheWarning
from pytflite.kernels.engine.target import SHAPE, cpu, features

PACKAGE = Path(__file__).resolve().parents[2]


@cache
def stamp() -> str:
    """SHA-256 over all that machine code of the engine is made of, and for."""
    digest = hashlib.sha256()
    for folder in ("arithmetic", "kernels"):
        for path in sorted((PACKAGE / folder).rglob("*.py")):
            digest.update(str(path.relative_to(PACKAGE)).encode() + b"\0" + path.read_bytes())
    present = sorted(name for name, there in features().items() if there)
    made_with = (
        sys.version,
        numba_version(),
        llvmlite.__version__,
        platform.machine(),
        sys.platform,
        cpu(),
        present,
        SHAPE.name,
    )
    digest.update(repr(made_with).encode())
    return digest.hexdigest()


def numba_version() -> str:
    """What numba says of its version, without importing it."""
    spec = importlib.util.find_spec("numba")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).with_name("_version.py").read_text()


def folders() -> Iterator[Path]:
    """Where code may lie, in the order of preference: beside the package, else in the user's own cache.

    NUMBA_CACHE_DIR stands for both.
    """
    told = os.environ.get("NUMBA_CACHE_DIR")
    if told:
        yield Path(told) / "pytflite" / stamp()[:32]
        return
    yield PACKAGE / "__pycache__" / "engine" / stamp()[:32]
    with contextlib.suppress(RuntimeError):  # no home
        yield _user_cache() / "pytflite" / stamp()[:32]


def _user_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def read(name: str) -> bytes | None:
    """The code of a kernel, None where there is none that is good here."""
    for folder in folders():
        with contextlib.suppress(OSError):
            content = (folder / name).read_bytes()
            if content[:32] == _checksum(content[32:]):
                return content[32:]
    return None


def write(name: str, code: bytes) -> None:
    """Keep the code of a kernel in the first place that takes it; files are whole at all times.

    Warns:
        CacheWarning: once, where no place does.
    """
    for folder in folders():
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            own = folder / f"{name}.{os.getpid()}-{threading.get_ident()}"
            try:
                own.write_bytes(_checksum(code) + code)
                own.replace(folder / name)
            finally:
                own.unlink(missing_ok=True)
            return
    _warn()


@cache
def _warn() -> None:
    places = " or ".join(str(folder.parent) for folder in folders())
    message = f"pytflite cannot write to {places}: every process compiles anew. Set NUMBA_CACHE_DIR to keep its code."
    warnings.warn(message, CacheWarning, stacklevel=2)


def _checksum(code: bytes) -> bytes:
    return hashlib.sha256(stamp().encode() + code).digest()
