"""Machine code on disk: used again without numba, and never what is damaged, old or for another processor."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import llvmlite.binding as llvm
import pytest

pytest.importorskip("numba", reason="numba is not installed: the definitions run alone")

from pytflite.errors import CacheWarning
from pytflite.kernels.engine import program, shelf, store, target

ROOT = Path(__file__).parents[2]
KERNEL = ("flip",)

RUN = """
import sys, warnings
import numpy as np
from tests import golden
import pytflite
warnings.simplefilter("error", pytflite.CacheWarning)
recording = golden.load("digits/int8")
interpreter = pytflite.Interpreter(model_content=recording.model, profile="reference")
interpreter.allocate_tensors()
for index, array in recording.inputs(0).items():
    interpreter.set_tensor(index, array)
interpreter.invoke()
(output,) = interpreter._interpreter.OutputIndices()
right = np.array_equal(interpreter.get_tensor(output), recording.tensors["reference"][0][output])
print(right, "numba" in sys.modules, "llvmlite" in sys.modules)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a process that has loaded nothing."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(program, "_loaded", {})
    return tmp_path / "pytflite" / store.stamp()[:32]


def run(cache: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache)}
    return subprocess.Popen([sys.executable, "-c", RUN], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)


def test_code_is_compiled_once_by_any_number_of_processes_and_then_loaded_without_numba(tmp_path: Path) -> None:
    together = [run(tmp_path) for _ in range(2)]
    for process in together:
        assert process.communicate()[0].split() == ["True", "True", "True"]
    by_llvm = str(not sys.platform.startswith("linux"))
    assert run(tmp_path).communicate()[0].split() == ["True", "False", by_llvm]
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix not in (".o", ".json")]


def test_damaged_files_are_written_anew(folder: Path) -> None:
    program.load([KERNEL])
    (path,) = folder.iterdir()
    good = path.read_bytes()
    for damaged in (b"", good[:40], good[:-1], good[:32] + bytes(len(good) - 32), good[:-9] + b"x" + good[-8:]):
        path.write_bytes(damaged)
        assert store.read(path.name) is None
        program._loaded.clear()
        program.load([KERNEL])
        assert store.read(path.name) is not None


def test_code_for_other_processors_and_sources_is_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program.load([KERNEL])
    (path,) = folder.iterdir()
    here = store.stamp()
    monkeypatch.setattr(store, "SHAPE", target.SHAPE._replace(name="another"))
    store.stamp.cache_clear()
    assert store.stamp() != here
    monkeypatch.setattr(store, "SHAPE", target.SHAPE)
    monkeypatch.setattr(store, "features", lambda: {**target.features(), "another": True})
    store.stamp.cache_clear()
    there = store.stamp()
    assert there != here
    other = folder.parent / there[:32] / path.name
    other.parent.mkdir()
    other.write_bytes(path.read_bytes())
    assert store.read(path.name) is None
    monkeypatch.undo()
    store.stamp.cache_clear()
    assert store.stamp() == here


def test_the_stamp_is_that_of_the_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "PACKAGE", tmp_path)
    stamp = store.stamp.__wrapped__
    (tmp_path / "kernels" / "engine").mkdir(parents=True)
    (tmp_path / "arithmetic").mkdir()
    source = tmp_path / "kernels" / "engine" / "gemm.py"
    stamps = [stamp()]
    for text in ("", "# touched"):
        source.write_text(text)
        stamps.append(stamp())
    source.rename(tmp_path / "arithmetic" / "gemm.py")
    stamps.append(stamp())
    assert len(set(stamps)) == 4


def test_a_package_that_cannot_be_written_to_is_read_and_the_users_cache_written(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del folder
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    monkeypatch.setattr(shelf, "_user_cache", lambda: tmp_path / "user")
    installed = tmp_path / "installed"
    (installed / "__pycache__").mkdir(parents=True)
    store.stamp()
    monkeypatch.setattr(shelf, "PACKAGE", installed)
    (installed / "__pycache__" / "engine").write_text("no directory")
    program.load([KERNEL])
    (path,) = (file for file in (tmp_path / "user").rglob("*") if file.is_file())
    (installed / "__pycache__" / "engine").unlink()
    assert store.read(path.name) is not None
    shipped = next(shelf.places()) / store.stamp()[:32]
    shipped.mkdir(parents=True)
    path.rename(shipped / path.name)
    assert store.read(path.name) is not None


def test_where_nothing_can_be_written_it_is_said_once(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del folder
    (tmp_path / "file").write_text("no directory")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    shelf._warn.cache_clear()
    with pytest.warns(CacheWarning, match="cannot write to .*file") as caught:
        program.load([KERNEL, ("copy",)])
    assert len(caught) == 1
    assert program.kernel(KERNEL)
    shelf._warn.cache_clear()


def test_code_that_needs_what_is_not_there_is_compiled_anew(folder: Path) -> None:
    needs = b"SwitchToThread" if sys.platform == "win32" else b"sched_yield"
    program.load([("join",)])
    (path,) = folder.iterdir()
    code = path.read_bytes()[32:]
    assert needs in code
    damaged = code.replace(needs, needs[:-1] + b"x")
    store.write(path.name, damaged)
    program._loaded.clear()
    program.load([("join",)])
    assert store.read(path.name) not in (damaged, None)


def test_what_llvm_says_of_the_processor_is_kept_for_those_of_which_the_system_says_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    (asked, says), host = ([], "flags : a b"), target.host.__wrapped__

    def ask() -> str:
        asked.append(says)
        return f"processor {len(asked)}"

    monkeypatch.setattr(llvm, "get_host_cpu_name", ask)
    monkeypatch.setattr(target, "CPUINFO", tmp_path / "cpuinfo")
    assert [host().name, host().name] == ["processor 1", "processor 2"]
    target.CPUINFO.write_text("processor : 0\ncpu MHz : 1\nflags : a b\n")
    first = host()
    target.CPUINFO.write_text("processor : 0\ncpu MHz : 2\nflags : a b\n")
    assert host() == first == target.Host("processor 3", llvm.get_host_cpu_features())
    for says in ("flags : a b c", "flags : a b\nstepping : 2"):
        target.CPUINFO.write_text(says)
        assert host().name == host().name == f"processor {len(asked)}"
    assert len(asked) == 5
    (path,) = list(tmp_path.rglob("processor.json"))[:1]
    path.write_bytes(path.read_bytes()[:-1])
    monkeypatch.setattr(shelf, "version_of", lambda package: "another")
    assert host().name == "processor 6"
