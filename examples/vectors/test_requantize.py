"""A cocotb testbench: accumulators of an operator go through `requantize.sv`, each code must be the recorded one.

pytflite vectors model.tflite out
pip install cocotb              # and a simulator: apt-get install iverilog
python examples/vectors/test_requantize.py out 0
"""

import json
import os
import sys
from pathlib import Path

import cocotb
from cocotb.triggers import Timer
from load_hex import load

HERE = Path(__file__).resolve().parent


@cocotb.test()
async def codes_are_the_recorded_ones(dut):
    folder, operator = Path(os.environ["VECTORS"]), int(os.environ["OPERATOR"])
    vectors = load(folder, operator)
    manifest = json.loads((folder / "manifest.json").read_text())
    (entry,) = (o for o in manifest["operators"] if o["operator"] == operator)
    channels = len(vectors["multiplier"])
    dut.offset.value = entry["numbers"]["output_offset"]
    dut.low.value, dut.high.value = entry["numbers"]["activation_min"], entry["numbers"]["activation_max"]
    for i, (accumulator, wanted) in enumerate(zip(vectors["accumulator"], vectors["output"], strict=True)):
        dut.accumulator.value = accumulator
        dut.multiplier.value = vectors["multiplier"][i % channels]
        dut.shift.value = vectors["shift"][i % channels]
        await Timer(1, unit="step")
        found = dut.code.value.to_signed()
        assert found == wanted, f"element {i}: {accumulator} becomes {found}, not {wanted}"
    dut._log.info("%d elements are right", len(vectors["output"]))


def main(folder: str, operator: str) -> None:
    from cocotb_tools.runner import get_results, get_runner

    runner = get_runner(os.environ.get("SIM", "icarus"))
    build = Path(folder).resolve() / "sim"
    runner.build(sources=[HERE / "requantize.sv"], hdl_toplevel="requantize", build_dir=build)
    variables = {"VECTORS": str(Path(folder).resolve()), "OPERATOR": operator, "PYTHONPATH": str(HERE)}
    results = runner.test(
        hdl_toplevel="requantize", test_module="test_requantize", build_dir=build, test_dir=build, extra_env=variables
    )
    ran, failed = get_results(results)
    sys.exit(f"{failed} of {ran} failed" if failed else 0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
