"""The walk-through runs as it stands there, and its commands say what it says that they say."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "walkthrough.md").read_text()
STORIES = re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("story", STORIES, ids=[story.splitlines()[0] for story in STORIES])
def test_a_story(story: str, tmp_path: Path) -> None:
    pytest.importorskip("ai_edge_litert", reason="the real runtime is not installed")
    (tmp_path / "golden").symlink_to(ROOT / "golden")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "NO_COLOR": "1"}
    said = ""
    checked = 0
    for kind, block in re.findall(r"```(\w+)\n(.*?)```", story, re.DOTALL):
        if kind == "text":
            for line in block.splitlines():
                assert " ".join(line.split()) in said, said
                checked += 1
            continue
        commands = [["-c", block]] if kind == "python" else [["-m", *shlex.split(line)] for line in block.splitlines()]
        said = ""
        for command in commands:
            done = subprocess.run(
                [sys.executable, *command], capture_output=True, text=True, check=False, env=environment, cwd=tmp_path
            )
            assert done.returncode in (0, 1), done.stderr
            assert "Traceback" not in done.stderr, done.stderr
            said += " ".join(done.stdout.split()) + "\n"
    assert checked >= 2
