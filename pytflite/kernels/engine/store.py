"""Machine code on disk, one file per kernel.

A file is good only for the sources, the versions of numba and LLVM and the processor that it was made with.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from functools import cache

from pytflite.kernels.engine import shelf
from pytflite.kernels.engine.shelf import PACKAGE, version_of
from pytflite.kernels.engine.target import SHAPE, cpu, features


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
        version_of("numba"),
        version_of("llvmlite"),
        platform.machine(),
        sys.platform,
        cpu(),
        present,
        SHAPE.name,
    )
    digest.update(repr(made_with).encode())
    return digest.hexdigest()


def read(name: str) -> bytes | None:
    """The code of a kernel, None where there is none that is good here."""
    return shelf.read(stamp(), name)


def write(name: str, code: bytes) -> None:
    """Keep the code of a kernel; see `shelf.write`."""
    shelf.write(stamp(), name, code)
