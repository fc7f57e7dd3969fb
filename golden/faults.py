"""Write ``docs/faults.md``: faults planted into runs of real networks, and whether they are found.

python golden/faults.py [NETWORK ...]
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
from a few lines of NumPy that have nothing to do with pytflite. A fault counts as found if identify names it at that
operator and explains every other operator by `reference`; diff must say that differences are made by that operator
alone. Made by `python golden/faults.py`.

"""


def main(names: list[str]) -> None:
    """Plant every fault and write the table."""
    results: list[Result] = []
    for name in names or NETS:
        net = Net.load(name, SHARED / NETS[name])
        for fault in faults(net):
            if shows(net, fault):
                results.append(examine(net, fault))
                print(results[-1], flush=True)
    found, located = sum(r.found for r in results), sum(r.located for r in results)
    lines = [
        f"{HEAD}Of {len(results)} faults, identify finds {found}, diff {located}.",
        "",
        "| network | operator | planted | identify says | found | by diff |",
        "|---|---|---|---|---|---|",
    ]
    for r in results:
        found_by = " | ".join("yes" if each else "no" for each in (r.found, r.located))
        lines.append(f"| {r.net} | {r.operator} {r.op} | {r.kind}: {r.planted} | {r.said} | {found_by} |")
    if not names:
        (ROOT / "docs" / "faults.md").write_text("\n".join(lines) + "\n")
    print(lines[0].splitlines()[-1])


if __name__ == "__main__":
    main(sys.argv[1:])
