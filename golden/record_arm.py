"""Record what tf.lite computes on 64-bit Arm: the cases of ``tests/profiles/arm.py``, as far as it takes them.

    python golden/record_arm.py --large "<python on a Neoverse N1>" --small "<python on a Cortex-A53>"

Both options are commands that start a Python with numpy and ai_edge_litert, such as one of an emulated machine:
``qemu-aarch64 -cpu neoverse-n1 -L ROOT ROOT/usr/bin/python3``. The runtime looks for the core in /proc/cpuinfo, which
must be that of an Arm machine. The recording is ``golden/profiles/arm.npz``: models, inputs, the outputs of every
profile, where they are not those of ``optimized_arm``, provenance. Under that profile both cores must give the same.
"""

import argparse
import json
import pickle
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from pytflite.model.write import write  # noqa: E402
from pytflite.tools.oracle import first_difference  # noqa: E402
from tests.ops.harness import storable  # noqa: E402
from tests.profiles.arm import cases  # noqa: E402

RECORDED = {
    "optimized_arm": ("large", "BUILTIN_WITHOUT_DEFAULT_DELEGATES"),
    "xnnpack_arm": ("large", "AUTO"),
    "xnnpack_arm_a53": ("small", "AUTO"),
}
"""Profile -> the core and the resolver whose numbers it gives."""

ABOUT = (
    "import json, numpy, ai_edge_litert, pathlib; about = pathlib.Path('/proc/cpuinfo').read_text().split('\\n\\n')[0];"
    "print(json.dumps({'ai_edge_litert': ai_edge_litert.__version__, 'numpy': numpy.__version__, 'cpu': about}))"
)


class Server:
    """The real runtime behind another Python.

    Args:
        command: starts that Python.
    """

    def __init__(self, command: str) -> None:
        self.command = shlex.split(command)
        about = subprocess.run([*self.command, "-c", ABOUT], capture_output=True, text=True, check=True).stdout
        self.about: dict[str, str] = json.loads(about)
        self.start()

    def start(self) -> None:
        """Start ``serve.py`` in it."""
        pipe, silent = subprocess.PIPE, subprocess.DEVNULL
        serve = [*self.command, str(HERE / "serve.py")]
        self.process = subprocess.Popen(serve, stdin=pipe, stdout=pipe, stderr=silent)

    def run(self, model: bytes, inputs: list[list[Any]], resolver: str) -> list[Any] | None:
        """All outputs of all invokes, None where the runtime refuses or dies."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        data = pickle.dumps((model, inputs, resolver))
        self.process.stdin.write(len(data).to_bytes(8) + data)
        self.process.stdin.flush()
        if not (size := self.process.stdout.read(8)):
            self.process.wait()
            self.start()
            return None
        answer = pickle.loads(self.process.stdout.read(int.from_bytes(size)))
        return None if isinstance(answer, str) else answer


def main() -> None:
    """Record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", required=True)
    parser.add_argument("--small", required=True)
    arguments = parser.parse_args()
    servers = {core: Server(getattr(arguments, core)) for core in ("large", "small")}
    arrays: dict[str, Any] = {}
    counts: dict[str, list[int]] = {}
    refused: set[str] = set()
    for name, subject in cases():
        data, inputs = write(subject.model), [list(fed) for fed in subject.inputs]
        found = {profile: servers[core].run(data, inputs, resolver) for profile, (core, resolver) in RECORDED.items()}
        small = servers["small"].run(data, inputs, RECORDED["optimized_arm"][1])
        refused |= {f"{name} under {profile}" for profile, outputs in found.items() if outputs is None}
        if small is None or (plain := found["optimized_arm"]) is None:
            continue
        assert not (difference := first_difference(plain, small)), f"{name}: {difference}"
        arrays[f"{name}/model"] = np.frombuffer(data, np.uint8)
        arrays |= {f"{name}/input{i}": storable(a) for i, a in enumerate(a for fed in inputs for a in fed)}
        for profile, outputs in found.items():
            if outputs is not None and (outputs is plain or first_difference(outputs, plain)):
                arrays |= {f"{name}/{profile}{i}": storable(a) for i, a in enumerate(outputs)}
        counts[name] = [len(inputs), len(inputs[0]), len(small)]
    provenance = {
        "cores": {core: server.about for core, server in servers.items()},
        "profiles": RECORDED,
        "cases": counts,
        "refused": sorted(refused),
    }
    target = HERE / "profiles" / "arm.npz"
    np.savez_compressed(target, provenance=np.array(json.dumps(provenance)), **arrays)
    print(f"{len(counts)} cases, refused: {', '.join(sorted(refused))}")


if __name__ == "__main__":
    main()
