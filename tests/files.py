"""Where model files come from: our own, and a corpus of other people's beside the repository when it is there."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "models"

OWN = sorted((ROOT / "golden" / "models").glob("*/*.tflite"))
OTHERS = sorted(path for path in SHARED.rglob("*") if path.suffix in (".tflite", ".bin")) if SHARED.exists() else []

needs_corpus = pytest.mark.skipif(not OTHERS, reason=f"no corpus of models at {SHARED}")


def name(path: Path) -> str:
    """A short name for test ids."""
    return path.relative_to(SHARED if path.is_relative_to(SHARED) else ROOT / "golden" / "models").as_posix()


def each(*paths: Path) -> pytest.MarkDecorator:
    """Run a test for every model, or for those given."""
    return pytest.mark.parametrize("path", paths or [*OWN, *OTHERS], ids=name)
