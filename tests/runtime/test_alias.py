"""Scripts written for tf.lite run unchanged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
import numpy as np
{imports}
interpreter = {interpreter}(model_path=sys.argv[1], experimental_op_resolver_type={resolver}.BUILTIN_REF)
interpreter.allocate_tensors()
(detail,) = interpreter.get_input_details()
interpreter.set_tensor(detail["index"], np.zeros(detail["shape"], detail["dtype"]))
interpreter.invoke()
print(type(interpreter).__module__, *interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0])
"""

CODES = [-127, -128, -125, -124, 109, -127, -128, -121, -128, -124]
"""What ai_edge_litert 2.3.0 prints for it, under BUILTIN_REF."""


@pytest.mark.parametrize(
    ("imports", "interpreter", "resolver"),
    [
        ("import ai_edge_litert.interpreter as lite", "lite.Interpreter", "lite.OpResolverType"),
        ("from ai_edge_litert import interpreter as lite", "lite.Interpreter", "lite.OpResolverType"),
        (
            "from tflite_runtime.interpreter import *\nimport tflite_runtime.interpreter as t",
            "t.Interpreter",
            "t.OpResolverType",
        ),
        ("import tensorflow as tf", "tf.lite.Interpreter", "tf.lite.experimental.OpResolverType"),
        ("from tensorflow import lite", "lite.Interpreter", "lite.experimental.OpResolverType"),
    ],
)
def test_script_runs_unchanged(imports: str, interpreter: str, resolver: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(imports=imports, interpreter=interpreter, resolver=resolver))
    command = [
        sys.executable,
        "-m",
        "pytflite.alias",
        str(script),
        str(ROOT / "golden" / "models" / "digits" / "int8.tflite"),
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    module, *codes = done.stdout.split()
    assert module == "pytflite.runtime.interpreter"
    assert [int(code) for code in codes] == CODES


def test_says_how_to_use_it() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytflite.alias"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 1
    assert "usage: python -m pytflite.alias script.py" in done.stderr
