"""What `print` shows of results."""

import numpy as np

import intact
from intact.arith.profile import load as load_profile
from intact.data.doctor.finding import Finding as DataFinding
from intact.diagnose.benchmark import Benchmark, Rival
from intact.diagnose.certificate import Certificate
from intact.diagnose.check import Finding
from intact.diagnose.tally import Tally
from intact.ir.text import parse
from intact.quantizer.report import Contract

DENSE = """graph main(%x: float32[1,4]) -> (%y) {
  %w = const float32[3,4] random(0)
  %y = FULLY_CONNECTED(%x, %w, none)
}"""

LONG = """graph main(%x: float32[1,400]) -> (%y) {
  %y = RELU(%x)
}"""


def data() -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (40, 1, 4)).astype(np.float32)


def quantized() -> intact.Quantized:
    model = parse(DENSE)
    return intact.quantize(model, intact.calibrate(model, data()))


def test_a_quantized_model_is_its_report_and_what_its_ports_take() -> None:
    lines = str(quantized()).splitlines()
    assert lines[:2] == ["recipe int8", "compute: integer (1 integer operator)"]
    assert lines[2].startswith("input 'x', float32 1x4: real = 0.00")
    assert ", q in -128..127, converted inside the file; mean " in lines[2]
    assert lines[3].startswith("output 'y', float32 1x3: real = ")


def test_a_port_that_stays_float_says_so() -> None:
    port = Contract("x", "input", "float32", (-1, 4), None, None, None, None)
    assert str(port) == "input 'x', float32 ?x4: stays as it is"


def test_a_contract_is_what_the_command_says_below_its_table() -> None:
    lines = str(intact.contract(quantized().model, data=data())).splitlines()
    assert lines[0] == "input 'x'"
    assert lines[1].startswith("  real = 0.00")
    assert any(line.startswith("  samples agree with the scale and zero point of the file: ") for line in lines)
    assert "output 'y'" in lines


def test_a_diagnosis_lists_its_findings() -> None:
    found = DataFinding("W301", "x", "all numbers are 0", "Leave it out", ("a.npy",), 1)
    text = str(intact.Diagnosis(2, (found,), ("colours cannot be told",)))
    assert text.splitlines() == [
        "2 samples: 1 finding",
        "warning: a.npy: input 'x': all numbers are 0. Leave it out. [W301]",
        "note: colours cannot be told",
    ]
    assert str(intact.Diagnosis(1, ())) == "1 sample: nothing found"


def test_a_certificate_lists_what_differs() -> None:
    found = Certificate(
        "litert-reference",
        "reference",
        4,
        tallies=[Tally(0, "ADD", "a", 10), Tally(1, "MUL", "b\n", 10, 2, 1.0)],
        outputs=[Tally(1, "MUL", "b", 5)],
        signatures={0: "subgraph 0"},
        failed={"no such thing": 1},
    )
    assert str(found).splitlines() == [
        "litert-reference: 2 of 25 numbers differ (2 operators, 1 output of whole runs, 4 samples)",
        "  operator 1 MUL 'b\\n': 2 of 10 numbers differ, by up to 1",
        "  failed where LiteRT did not, 1 time: no such thing",
    ]


def test_a_benchmark_is_a_line_a_side() -> None:
    rivals = [Rival("reference", "", 2.0, 1.9, 0.25, (0.2, 0.3)), Rival("xnnpack", "no such operator")]
    found = Benchmark(load_profile("litert-reference"), 1, 1, 5, 0.5, 0.4, rivals, "avx2", "", 100, [])
    assert str(found).splitlines() == [
        "profile litert-reference, 1 thread, 5 measurements, C kernels for avx2",
        "intact: 0.5 ms a sample",
        "reference: 2 ms a sample, ours / theirs 0.25",
        "xnnpack: refuses the model: no such operator",
    ]


def test_results_of_the_exact_engine_are_a_few_lines() -> None:
    model = quantized().model
    run = str(intact.run(model, {"x": data()[0]})).splitlines()
    assert run[0] == "engine exact, profile litert-reference"
    assert run[1].startswith("y, float32 1x3: [")
    long = str(intact.run(parse(LONG), {"x": np.zeros((1, 400), np.float32)}))
    assert "0. 0. 0. 0. ... 0. 0. 0. 0." in long
    told = str(intact.explain(model, op=1)).splitlines()
    assert told[0] == "operator 1 FULLY_CONNECTED, profile litert-reference"
    assert any(line.startswith("accumulator over all inputs: [") for line in told)
    differences = str(intact.diff_runtimes(model, ["litert-reference", "litert-optimized"], count=2)).splitlines()
    assert differences[0] == "2 samples, against litert-reference"
    assert differences[1].startswith("litert-optimized: ")


def test_what_check_finds_is_a_line() -> None:
    assert str(Finding("defect", "main: op 1 ADD", "ends the process", ("cmsis-nn",))) == (
        "defect: main: op 1 ADD: ends the process (cmsis-nn)"
    )
    assert str(Finding("warning", "", "no signature")) == "warning: no signature"
