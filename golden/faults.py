"""Write ``docs/faults.md``: faults planted into runs of real networks, and whether they are found.

python golden/faults.py [NETWORK ...]   # all, or the lines of these
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.files import SHARED  # noqa: E402
from tests.tools.faults import Net, Result, examine, faults, shows  # noqa: E402

NETS = {
    "DS-CNN": "mlperf_tiny/keyword_spotting/kws_ref_model.tflite",
    "MobileNet 0.25": "mlperf_tiny/visual_wake_words/vww_96_int8.tflite",
    "ResNet-8": "mlperf_tiny/image_classification/pretrainedResnet_quant.tflite",
    "autoencoder": "mlperf_tiny/anomaly_detection/ad01_int8.tflite",
    "MobileNetV2": "coral/tf2_mobilenet_v2_1.0_224_ptq.tflite",
}

HEAD = """# Planted faults

Faults of the kinds that are met in the field, planted into runs of the MLPerf Tiny networks and MobileNetV2, and what
`pytflite identify` says of the dump. The faulty numbers come from the real runtime (an edited model, another input) or
from a few lines of NumPy that have nothing to do with pytflite. A fault counts as found if identify does not explain
that operator by `reference`, has the fault among what no element contradicts (its first such candidate is quoted), and
explains every other operator by `reference`; diff must say that this operator alone makes differences. Made by
`python golden/faults.py`.

"""


TABLE = ["| network | operator | planted | identify says | found | by diff |", "|---|---|---|---|---|---|"]
DOCUMENT = ROOT / "docs" / "faults.md"


def row(result: Result) -> str:
    """One line of the table."""
    r = result
    found = " | ".join("yes" if each else "no" for each in (r.found, r.located))
    return f"| {r.net} | {r.operator} {r.op} | {r.kind}: {r.planted} | {r.said} | {found} |"


def rows_of(name: str) -> list[str]:
    """Plant every fault into a network."""
    net, rows = Net.load(name, SHARED / NETS[name]), []
    for fault in faults(net):
        if shows(net, fault):
            rows.append(row(examine(net, fault)))
            print(rows[-1], flush=True)
    return rows


def main(names: list[str]) -> None:
    """Make the lines of some networks, or all, and write the table; the others stay as they are."""
    old = DOCUMENT.read_text().splitlines() if DOCUMENT.exists() else []
    rows: list[str] = []
    for name in NETS:
        kept = [line for line in old if line.startswith(f"| {name} |")]
        rows += rows_of(name) if name in names or not names else kept
    found, located = (sum(line.split(" | ")[column].startswith("yes") for line in rows) for column in (-2, -1))
    summary = f"Of {len(rows)} faults, identify finds {found}, diff {located}."
    DOCUMENT.write_text("\n".join([f"{HEAD}{summary}", "", *TABLE, *rows]) + "\n")
    print(summary)


if __name__ == "__main__":
    main(sys.argv[1:])
