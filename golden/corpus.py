"""Write ``docs/corpus.md``: what became of every real model of the corpus, under each profile of x86.

python golden/corpus.py
"""

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from rich.progress import track  # noqa: E402

from tests.corpus.corpus import Outcome, examine, names  # noqa: E402
from tests.profiles.sweep import RESOLVERS  # noqa: E402

HEAD = """# The corpus

Real models of others, compared with the real runtime (`ai_edge_litert`) on two random inputs each.

{resolvers}

`equal` means every tensor, bit for bit; `floats`, that integers are equal but not all floats, and by how much those
differ, relative to the largest number of their tensor. `runs` means that the real runtime cannot be asked, because it
refuses the file or dies of it. Under `reference` and `optimized` all tensors are preserved. XNNPACK keeps none of what
it takes: under `xnnpack` the outputs of the file are compared, then, counted with them, those of the same model with
every tensor made an output. Made by `python golden/corpus.py`; the same comparison is a test.

"""


def cell(outcome: Outcome) -> str:
    """What is written for a file under a profile."""
    detail = outcome.detail.replace("\n", " ").replace("|", "/")
    return f"{outcome.verdict}: {detail[:60]}"


def main() -> None:
    """Examine every file under every profile and write the table."""
    rows = {name: [examine(name, profile) for profile in RESOLVERS] for name in track(list(names()), "comparing")}
    resolvers = "\n".join(f"- `{profile}` against `{resolver}`" for profile, resolver in RESOLVERS.items())
    lines = [HEAD.format(resolvers=resolvers)]
    for profile, outcomes in zip(RESOLVERS, zip(*rows.values(), strict=True), strict=True):
        counts = Counter(outcome.verdict for outcome in outcomes)
        lines.append(f"- `{profile}`: " + ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common()))
        print(lines[-1])
    lines += ["", f"| model | {' | '.join(RESOLVERS)} |", "|---|" + "---|" * len(RESOLVERS)]
    for name, outcomes in rows.items():
        lines.append(f"| `{name}` | {' | '.join(cell(outcome) for outcome in outcomes)} |")
    (ROOT / "docs" / "corpus.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
