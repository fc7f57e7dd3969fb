"""Run models in the real runtime of this Python, as asked on standard input. Started by ``record_arm.py``.

Needs numpy and ai_edge_litert only. A request is a pickled (model, inputs of every invoke, resolver), the answer a
pickled list of all outputs, or the message of what was refused; both after their length in 8 bytes.
"""

import os
import pickle
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pytflite.tools.oracle import Oracle


def main() -> None:
    """Answer until the input ends; what the runtime prints goes to standard error."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while size := requests.read(8):
        model, inputs, resolver = pickle.loads(requests.read(int.from_bytes(size)))
        try:
            oracle = Oracle(model, resolver, preserve_all=False)
            answer = [array.copy() for arrays in inputs for array in oracle.invoke(*arrays)]
        except (RuntimeError, ValueError) as fault:
            answer = str(fault)
        data = pickle.dumps(answer)
        answers.write(len(data).to_bytes(8) + data)
        answers.flush()


if __name__ == "__main__":
    main()
