"""Write ``docs/corpus.md``: what became of every real model of the corpus.

python golden/corpus.py
"""

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from rich.progress import track  # noqa: E402

from tests.corpus.corpus import examine, names  # noqa: E402

HEAD = """# The corpus

Real models of others, compared with the real runtime (`ai_edge_litert` under `BUILTIN_REF`, every tensor preserved) on
two random inputs each: `equal` means every tensor, bit for bit. `runs` means that the real runtime cannot be asked,
because it refuses the file or dies of it. Made by `python golden/corpus.py`; the same comparison is a test.

"""


def main() -> None:
    """Examine every file and write the table."""
    rows = [(name, examine(name)) for name in track(list(names()), "comparing")]
    counts = Counter(outcome.verdict for _, outcome in rows)
    lines = [
        HEAD,
        ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common()) + ".",
        "",
        "| model | verdict | |",
        "|---|---|---|",
    ]
    for name, outcome in rows:
        detail = outcome.detail.replace("\n", " ").replace("|", "/")
        lines.append(f"| `{name}` | {outcome.verdict} | {detail[:160]} |")
    (ROOT / "docs" / "corpus.md").write_text("\n".join(lines) + "\n")
    print(dict(counts))


if __name__ == "__main__":
    main()
