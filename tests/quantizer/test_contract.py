"""How reals become integers at the border of a model."""

import numpy as np
import pytest

import intact
from intact.ir.text import parse
from intact.quantizer.report import Quantized

DENSE = """%w = const float32[4,8] random(0)
  %y = FULLY_CONNECTED(%x, %w, none)"""

READERS = {
    "shape": "%z = SHAPE(%x) {out_type=int32}",
    "float": "%z = SIN(%x)",
    "floor": "%z = FLOOR(%x)\n  %u = SIN(%x)",
}


def quantized(text: str, low: float = -1.0, high: float = 1.0, names: tuple[str, ...] = ("x",)) -> Quantized:
    model = parse(text)
    rng = np.random.default_rng(0)
    data = [{n: rng.uniform(low, high, (1, 8)).astype(np.float32) for n in names} for _ in range(8)]
    return intact.quantize(model, intact.calibrate(model, data, isolate=False))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("first", [True, False])
def test_a_float_input_that_others_read_too(reader: str, first: bool) -> None:
    lines = (READERS[reader], DENSE) if first else (DENSE, READERS[reader])
    result = quantized("graph main(%x: float32[1?,8]) -> (%y, %z) {\n  " + "\n  ".join(lines) + "\n}")
    (found,) = result.report.inputs
    assert (found.dtype, found.shape) == ("float32", (-1, 8))
    assert found.scale == pytest.approx(2 / 255, rel=0.05)
    assert (found.low, found.high) == (-128, 127)
    assert result.report.notes == []


SEVERAL = """graph main(%x: float32[1,8], %v: float32[1,8]) -> (%y, %z, %s) {
  %w = const float32[4,8] random(0)
  %y = FULLY_CONNECTED(%x, %w, none)
  %c = const float32[1] [100.0]
  %s = MUL(%v, %c)
  %z = CONCATENATION(%x, %s) {axis=1}
}"""


def test_an_input_at_several_scales_has_the_first_and_a_note() -> None:
    result = quantized(SEVERAL, names=("x", "v"))
    nodes = [n for n in result.model.main.nodes if n.op.name == "QUANTIZE" and n.inputs[0].name == "x"]
    assert len(nodes) == 2
    first = nodes[0].outputs[0].quant
    found = result.report.inputs[0]
    assert (found.scale, found.zero_point) == (float(first.scale[0]), int(first.zero_point[0]))
    (note,) = result.report.notes
    start = "input 'x' is quantized to several scales and zero points; the contract has the first: "
    assert note.startswith(f"{start}{found.scale:.6g} and {found.zero_point}, ")


def test_an_input_that_stays_float_has_none() -> None:
    result = quantized(
        "graph main(%x: float32[1,8], %v: float32[1,8]) -> (%y, %z) { " + DENSE + "\n %z = SIN(%v) }", names=("x", "v")
    )
    assert [c.scale is None for c in result.report.inputs] == [False, True]


def test_every_signature_of_a_graph_is_listed() -> None:
    result = quantized(
        "graph main(%x: float32[1,8]) -> (%y, %z) { "
        + DENSE
        + """
          %z = RELU(%y)
        }
        signature a of main(x=%x) -> (y=%y, z=%z)
        signature b of main(inp=%x) -> (o=%y, p=%z)"""
    )
    assert [(c.signature, c.name) for c in result.report.inputs] == [("a", "x"), ("b", "inp")]
    assert [(c.signature, c.name) for c in result.report.outputs] == [("a", "y"), ("a", "z"), ("b", "o"), ("b", "p")]
    assert len({(c.scale, c.zero_point) for c in result.report.inputs}) == 1
