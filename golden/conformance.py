"""Write ``docs/conformance.md`` and ``pytflite/data/conformance.json``: what each profile was compared with, how often.

    python golden/conformance.py

Counts of live comparisons are those that ``golden/sweep.py --write`` noted. What ``golden/profiles`` holds of devices
is run here.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from rich.progress import track  # noqa: E402

from pytflite.model.read import read  # noqa: E402
from tests.ops.harness import Case  # noqa: E402
from tests.profiles import test_arm, test_devices  # noqa: E402
from tests.profiles.sweep import RESOLVERS, UNDEFINED, Row, Sweep, compare, is_float  # noqa: E402

SWEEPS = ROOT / "golden" / "sweeps"
RECORDINGS = ROOT / "golden" / "profiles"

HEAD = """# Conformance

Which profile was compared with what, operator by operator, all bits of all outputs: how many combinations of dtypes,
how many cases, and how many differ, if any. What differs stands below each table, dtypes by dtypes, with the largest
difference, relative to the largest number of the output; 0 is a matter of signs of zero and of numbers too small to be
normal. Made by `python golden/conformance.py`; the counts of all dtypes are in `pytflite/data/conformance.json`, and
`pytflite profiles NAME --op OPERATOR --all` shows them.

- Live: random one-operator models, as the tests of the operators draw them, run here and in the real runtime side by
  side. The counts are noted by `python golden/sweep.py --write`, with another runtime by `--python`.
- Recorded: what the real thing computed, in `golden/profiles`; see `golden/README.md` for how each was made. They are
  run anew whenever this page is made, and by `tests/profiles/test_devices.py`.
- Real models, every tensor, are in [corpus.md](corpus.md); single operators under `reference` are also recorded in
  `golden/ops`, whole networks in `golden/models`.

A dash means that there is no case, mostly because the real runtime takes none. `(n taken)` are cases in which the
delegate takes the operator; the others run as under `optimized`.

The real runtime also runs models that contradict themselves, since kernels do not look at every type. What comes out
is mostly what happens to lie in memory, if the process lives. Here they are refused:

- An output of a type that the operator does not compute, such as EQUAL to float32 or GATHER from int8 to float32:
  kernels set the type anew, or write elements of one size into a tensor of another.
- A weight, bias, state or slope of a type that goes with no input, such as the filter of a float32 CONV_2D, alpha of
  PRELU, most tensors of RNN and LSTM operators, the hash of LSH_PROJECTION, the int64 bias of an int8 FULLY_CONNECTED:
  kernels read the bytes as the type that they expect, beyond the end where that is wider.
- Axes, permutations, block shapes or depths that are neither int32 nor uint32, of SPLIT, SPLIT_V, TRANSPOSE, ONE_HOT,
  BATCH_TO_SPACE_ND and SPACE_TO_BATCH_ND: kernels read the first bytes as int32.
- BROADCAST_TO, DILATE and STABLEHLO_PAD of int4, uint4 or int2: kernels move nothing, or a byte for each element. Rows
  of such types in GATHER, EMBEDDING_LOOKUP, HASHTABLE_LOOKUP and LSH_PROJECTION that end within a byte.
- MATRIX_DIAG and MATRIX_SET_DIAG of other types than float32, uint32, uint8 and signed integers: kernels move float32.
- QUANTIZE of an int32 tensor without quantization: its scale counts as 0.
- Subgraphs with inputs of other types than they are called with: kernels give them the caller's types.
"""


@dataclass
class Evidence:
    """What the profiles of one table were compared with.

    Attributes:
        title: of the table.
        sources: profile -> what it was compared with.
        rows: operator and dtypes -> profile -> what came of it.
        remarks: what should be known, a line each.
    """

    title: str
    sources: dict[str, str] = field(default_factory=dict)
    rows: dict[tuple[str, str], dict[str, Row]] = field(default_factory=lambda: defaultdict(dict))
    remarks: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The table."""
        yield f"\n## {self.title}\n"
        yield "| profile | compared with | cases | cases of integers | of them differ |\n|---|---|---|---|---|"
        for profile, source in self.sources.items():
            rows = [(types, found[profile]) for (_, types), found in self.rows.items() if profile in found]
            integers = [row for types, row in rows if not is_float(types)]
            total, differing = sum(row.cases for _, row in rows), sum(row.differing for row in integers)
            cases = sum(row.cases for row in integers)
            yield f"| `{profile}` | {source} | {total} | {cases} | {differing} |"
        yield from ("", *self.remarks, "") if self.remarks else ("",)
        yield f"| operator | dtypes | {' | '.join(f'`{profile}`' for profile in self.sources)} |"
        yield "|---|---|" + "---|" * len(self.sources)
        operators: dict[str, list[dict[str, Row]]] = defaultdict(list)
        for (op, _), found in sorted(self.rows.items()):
            operators[op].append(found)
        for op, rows in operators.items():
            yield f"| {op} | {len(rows)} | {' | '.join(cell(rows, profile) for profile in self.sources)} |"
        differing = [
            f"| {op} | `{types}` | `{profile}` | {row.cases} | {row.differing} | {row.largest:.0e} |"
            for (op, types), found in sorted(self.rows.items())
            for profile, row in found.items()
            if row.differing
        ]
        if differing:
            yield "\n| differs | dtypes | profile | cases | differing | by at most |\n|---|---|---|---|---|---|"
            yield from differing


class Recording(NamedTuple):
    """What was recorded of one profile.

    Attributes:
        profile: its name.
        runtime: what computed it.
        skipped: cases that the profile does not follow, and why.
        cases: name, model, inputs of every invoke and all outputs.
    """

    profile: str
    runtime: str
    skipped: dict[str, str]
    cases: Iterator[tuple[str, bytes, list[list[Any]], list[Any]]]


def cell(rows: Sequence[Mapping[str, Row]], profile: str) -> str:
    """What is written of one operator under one profile."""
    found = [row[profile] for row in rows if profile in row]
    cases, taken, differing = (sum(getattr(row, name) for row in found) for name in ("cases", "taken", "differing"))
    if not cases:
        return "-"
    return f"{cases}{f' ({taken} taken)' if taken else ''}{f': **{differing} differ**' if differing else ''}"


def swept(path: Path) -> Evidence:
    """What `golden/sweep.py` noted of one runtime."""
    stored = json.loads(path.read_text())
    runtime = stored["runtime"]
    found = Evidence(f"Live: {runtime} on x86-64")
    for op, profiles in stored["operators"].items():
        for profile, entry in profiles.items():
            found.sources[profile] = f"`{RESOLVERS[profile.split('@')[0]]}` of {runtime}, live"
            for types, (cases, differing, taken, largest) in entry["rows"].items():
                found.rows[op, types][profile] = Row(cases, taken, differing, largest)
    found.sources = {profile: found.sources[profile] for profile in sorted(found.sources)}
    found.remarks = ["Left out, because the real answer is undefined:", ""]
    found.remarks += [f"- {op} {each.why} ({', '.join(each.under)})" for op, each in UNDEFINED.items()]
    return found


def recordings() -> Iterator[Recording]:
    """Everything in ``golden/profiles``: files of one profile, and those of several that share models and inputs."""
    for path in sorted(RECORDINGS.glob("*.npz")):
        with np.load(path) as stored:
            provenance = json.loads(str(stored["provenance"]))
        skipped = provenance.get("skipped", {})
        if "profiles" not in provenance:
            yield Recording(path.stem, provenance["runtime"], skipped, test_devices.recorded(path.stem))
            continue
        for profile, (core, resolver) in provenance["profiles"].items():
            runtime = f"`{resolver}` of ai_edge_litert {provenance['cores'][core]['ai_edge_litert']} on a {core} core"
            yield Recording(profile, runtime, skipped, test_arm.recorded(profile))


def replayed() -> Evidence:
    """What the recordings of devices say of their profiles."""
    found = Evidence("Recorded: devices")
    for profile, runtime, skipped, cases in recordings():
        found.sources[profile] = f"{runtime}, recorded"
        for name, data, fed, expected in track(list(cases), profile):
            subject = Case(read(data), fed)
            result = Sweep(name.split("/")[0].upper(), profile)
            compare(subject, result, lambda model, inputs, resolver, outputs=expected: outputs, kernels=False)
            for types, row in result.rows.items():
                total = found.rows[result.op, types].setdefault(profile, Row())
                total.cases += row.cases
                total.taken += row.taken
                total.differing += row.differing
                total.largest = max(total.largest, row.largest)
            for message in result.refused:
                found.remarks.append(f"- `{profile}` refuses {name}: {message}")
        found.remarks += [f"- not imitated by `{profile}`: {name}, {why}" for name, why in skipped.items()]
    return found


def main() -> None:
    """Write both files."""
    tables = [swept(path) for path in sorted(SWEEPS.glob("*.json"))]
    tables.append(replayed())
    lines = [HEAD, *(line for table in tables for line in table.lines())]
    (ROOT / "docs" / "conformance.md").write_text("\n".join(lines) + "\n")
    rows: dict[str, dict[str, dict[str, list[int]]]] = defaultdict(lambda: defaultdict(dict))
    for table in tables:
        for (op, types), profiles in sorted(table.rows.items()):
            for profile, row in profiles.items():
                rows[op][types][profile] = [row.cases, row.taken, row.differing]
    sources = {profile: source for table in tables for profile, source in table.sources.items()}
    text = json.dumps({"sources": sources, "rows": rows}, separators=(",", ":"))
    (ROOT / "pytflite" / "data" / "conformance.json").write_text(text.replace('}},"', '}},\n"') + "\n")
    for profile, source in sources.items():
        print(f"{profile}: {source}")


if __name__ == "__main__":
    main()
