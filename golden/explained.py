"""Explain a random element of every integer operator of every model in ``../shared/models`` and count.

python golden/explained.py [--seed 0] [--most 20000000]

Every explanation is first shown to end in what ran (`pytflite.explain` refuses otherwise); here it is also counted how
many have steps of their own, rather than the bare stages of the definition.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track

import pytflite
from pytflite.tools.explain import explain_node
from pytflite.tools.parity import random_inputs
from pytflite.tools.running import bind, named_profile, open_session

ROOT = Path(__file__).resolve().parents[1] / ".." / "shared" / "models"


def explain_all(path: Path, seed: int, counts: Counter[str], plain: Counter[str]) -> None:
    """Run a model and explain an element of every integer output."""
    model, rng, profile = pytflite.read(path), np.random.default_rng(seed), named_profile("reference")

    def observe(node: Any, given: Any, outputs: Any) -> None:
        if not (outputs and outputs[0].dtype.kind in "iu" and outputs[0].size) or node.op.stateful:
            return
        at = tuple(int(rng.integers(size)) for size in outputs[0].shape)
        tensor = model.main.tensors[node.operator.outputs[0]]
        found = explain_node(tensor, profile, node, given, outputs, at)
        counts["elements explained"] += 1
        if found.steps[-1].value != outputs[0][at]:
            counts[f"DIFFERENT: {path.name} operator {node.operator.index}"] += 1
        if any(step.formula == "stage of the definition" for step in found.steps):
            plain[node.op.name] += 1

    open_session(model, profile, bind(model, random_inputs(model, seed))).invoke(observe)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most", type=int, default=20_000_000, help="bytes; larger models are left out")
    arguments = parser.parse_args()
    counts: Counter[str] = Counter()
    plain: Counter[str] = Counter()
    for path in track(sorted(ROOT.rglob("*.tflite")), "explaining"):
        if path.stat().st_size > arguments.most:
            counts["models left out for their size"] += 1
            continue
        try:
            explain_all(path, arguments.seed, counts, plain)
        except pytflite.PytfliteError:
            counts["models that do not run"] += 1
        else:
            counts["models"] += 1
    console = Console()
    for name, count in [*sorted(counts.items()), *(("only stages: " + op, n) for op, n in plain.most_common())]:
        console.print(f"{count:8d}  {name}", markup=False)


if __name__ == "__main__":
    main()
