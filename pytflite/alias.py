"""Run a script written for tf.lite without changing it: ``python -m pytflite.alias script.py [arguments]``.

``ai_edge_litert.interpreter``, ``tflite_runtime.interpreter`` and ``tensorflow.lite`` then give pytflite's
`Interpreter`. Of TensorFlow itself, where it is installed, all else stays; where it is not, only ``tf.lite`` is there.
"""

from __future__ import annotations

import importlib.util
import runpy
import sys
from pathlib import Path
from types import ModuleType

from pytflite.runtime import interpreter as face

NAMES = (
    "Interpreter",
    "InterpreterWithCustomOps",
    "SignatureRunner",
    "OpResolverType",
    "Delegate",
    "load_delegate",
)


def install() -> None:
    """Put pytflite in the place of the TFLite Python modules, for every import from now on."""
    for package in ("ai_edge_litert", "tflite_runtime"):
        _module(package).interpreter = _module(f"{package}.interpreter")  # type: ignore[attr-defined]
        _fill(sys.modules[f"{package}.interpreter"])
    if importlib.util.find_spec("tensorflow") is None:
        tensorflow, lite, experimental = (
            _module(name) for name in ("tensorflow", "tensorflow.lite", "tensorflow.lite.experimental")
        )
        tensorflow.lite, lite.experimental = lite, experimental  # type: ignore[attr-defined]
    else:
        import tensorflow  # type: ignore[no-redef]

        lite, experimental = tensorflow.lite, tensorflow.lite.experimental
    _fill(lite)
    _fill(experimental)


def _module(name: str) -> ModuleType:
    module = ModuleType(name, "Stands for the TFLite Python API; pytflite runs behind it.")
    module.__path__ = []
    sys.modules[name] = module
    return module


def _fill(module: ModuleType) -> None:
    for name in NAMES:
        setattr(module, name, getattr(face, name))


def main(arguments: list[str]) -> None:
    """Install the aliases, then run a script as ``__main__``."""
    if not arguments:
        sys.exit("usage: python -m pytflite.alias script.py [arguments]")
    install()
    sys.argv = arguments
    sys.path.insert(0, str(Path(arguments[0]).resolve().parent))
    runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
