"""The shape of the project itself: what stands where, what imports what, what nobody may write."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import pytflite
from pytflite.ops._resolver import builtins, customs
from pytflite.schema.enums import BuiltinOperator

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "pytflite"
OP_FILES = sorted(path for path in (PACKAGE / "ops").glob("*.py") if not path.stem.startswith("_"))


CUSTOM_FILES = sorted(path for path in (PACKAGE / "ops" / "custom").glob("*.py") if not path.stem.startswith("_"))


@pytest.mark.parametrize("path", OP_FILES, ids=lambda path: path.stem)
def test_each_op_has_file_enum_test_and_golden(path: Path) -> None:
    assert path.stem.upper() in BuiltinOperator.__members__
    assert (ROOT / "tests" / "ops" / f"test_{path.stem}.py").exists()
    assert (ROOT / "golden" / "ops" / f"{path.stem}.npz").exists()


def test_each_op_test_and_golden_has_an_op() -> None:
    ops = {path.stem for path in OP_FILES}
    tests = {path.stem.removeprefix("test_") for path in (ROOT / "tests" / "ops").glob("test_*.py")}
    golden = {path.stem for path in (ROOT / "golden" / "ops").glob("*.npz")}
    assert tests - ops == set()
    assert golden - ops == set()


def test_each_custom_op_has_test_and_golden() -> None:
    names = {path.stem for path in CUSTOM_FILES}
    assert names == {path.stem.removeprefix("test_") for path in (ROOT / "tests/ops/custom").glob("test_*.py")}
    assert names == {path.stem for path in (ROOT / "golden/ops/custom").glob("*.npz")}
    assert {name.replace("_", "") for name in names} == {
        op.custom_code.lower().replace("_", "") for op in customs().values()
    }


def test_every_op_declares_itself_completely() -> None:
    for op in [*builtins(), *customs().values()]:
        assert op.rules, op.name
        assert op._shapes is not None, op.name
        assert len({rule.name for rule in op.rules}) == len(op.rules), op.name
        for rule in op.rules:
            assert rule.types, f"{op.name}/{rule.name}"


@pytest.mark.parametrize("layer", ["ops", "kernels", "arithmetic"])
def test_nothing_asks_which_profile_runs(layer: str) -> None:
    for path in (PACKAGE / layer).rglob("*.py"):
        assert not re.search(r"profile\.name|profile\s*(==|is)\s|PROFILES", path.read_text()), path


def test_op_files_do_not_import_each_other() -> None:
    ops = {path.stem for path in OP_FILES}
    for path in OP_FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("pytflite.ops."):
                assert node.module.split(".")[2] not in ops, f"{path.name} imports {node.module}"


def test_generated_schema_is_current() -> None:
    subprocess.run([sys.executable, str(ROOT / "schema" / "generate.py"), "--check"], check=True, cwd=ROOT)


def test_import_is_light() -> None:
    code = "import sys, pytflite; pytflite.load; print(*sorted(m.split('.')[0] for m in sys.modules))"
    loaded = set(
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT
        ).stdout.split()
    )
    assert loaded.isdisjoint(
        {"numba", "llvmlite", "tensorflow", "ai_edge_litert", "tflite", "rich", "typer", "PIL", "scipy"}
    )


def test_public_surface() -> None:
    for name in pytflite.__all__:
        assert getattr(pytflite, name) is not None, name
    homes = {name for names in pytflite._HOMES.values() for name in names}
    assert homes | {"__version__"} == set(pytflite.__all__)


def test_nothing_names_a_machine() -> None:
    tracked = subprocess.run(["git", "ls-files"], check=True, capture_output=True, text=True, cwd=ROOT).stdout.split(
        "\n"
    )
    for name in tracked:
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".yml", ".sh", ""} and path.is_file():
            found = re.search(r"(/work/|/root/|/home/\w+/)", path.read_text(errors="ignore"))
            assert found is None or name == "tests/architecture/test_structure.py", f"{name}: {found}"
