"""The generated modules are those of the declarations."""

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_modules_are_current() -> None:
    texts = runpy.run_path(str(ROOT / "schema" / "generate.py"))["modules"]()
    assert set(texts) == {path.name for path in (ROOT / "pytflite" / "schema").glob("*.py")} - {"__init__.py"}
    for name, text in texts.items():
        assert (ROOT / "pytflite" / "schema" / name).read_text() == text, f"{name} is stale: run schema/generate.py"
