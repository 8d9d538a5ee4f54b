"""What stays in float is the user's own operators, and computes what they compute."""

import numpy as np
import pytest

import intact
from intact.engines.litert import Session
from intact.ir.text import parse
from intact.quantizer.report import Quantized

DENSE = """%w = const float32[4,8] random(0)
  %d = FULLY_CONNECTED(%x, %w, none)"""

ALONE = {
    "sum": ("%a = SIN(%v)\n %i = const int32[1] [1]\n %y = SUM(%a, %i) {keep_dims=true}", "SIN SUM"),
    "neg": ("%a = SIN(%v)\n %y = NEG(%a)", "SIN NEG"),
    "square": ("%a = SIN(%v)\n %b = SQUARE(%a)\n %y = COS(%b)", "SIN SQUARE COS"),
    "div": ("%c = const float32[1] [3.0]\n %a = SIN(%v)\n %y = DIV(%a, %c)", "SIN DIV"),
    "activation": ("%a = SIN(%v)\n %b = ADD(%a, %a)\n %y = RELU6(%b)", "SIN ADD RELU6"),
    "prelu": (
        """%s = const float32[8] [-0.1, -0.2, -0.3, -0.4, -0.5, -0.6, -0.7, -0.8]
        %a = SIN(%v)
        %p = RELU(%a)
        %n = NEG(%a)
        %m = RELU(%n)
        %q = MUL(%m, %s)
        %y = ADD(%p, %q)""",
        "SIN RELU NEG RELU MUL ADD",
    ),
}
"""Parts that pass no integer, and the operators that stay in float."""


def samples(count: int = 8) -> list[dict[str, np.ndarray]]:
    rng = np.random.default_rng(0)
    return [{n: rng.uniform(-2, 2, (1, 8)).astype(np.float32) for n in ("x", "v")} for _ in range(count)]


def quantized(text: str) -> Quantized:
    model = parse(text)
    return intact.quantize(model, intact.calibrate(model, samples(), isolate=False))


@pytest.mark.parametrize("part", ALONE)
def test_a_part_that_stays_float_is_the_users_own(part: str) -> None:
    lines, operators = ALONE[part]
    text = f"graph main(%x: float32[1,8], %v: float32[1,8]) -> (%d, %y) {{\n  {DENSE}\n  {lines}\n}}"
    result = quantized(text)
    assert [left.op for left in result.report.left] == operators.split()
    assert {v.name for v in parse(text).main.values} >= {left.output for left in result.report.left}
    left, right = Session(parse(text)), Session(result.model)
    for sample in samples():
        assert (left.run(sample)["y"] == right.run(sample)["y"]).all()


def test_a_weighted_operator_that_stays_float_keeps_its_normalization() -> None:
    result = quantized(
        f"""graph main(%x: float32[1,8], %v: float32[1,8]) -> (%d, %y) {{
          {DENSE}
          %s = const int32[5] [1, 1, 2, 2, 2]
          %k = const float32[1,1,1,2,3] random(3)
          %f = const float32[3] [0.3, 0.7, 1.1]
          %r = RESHAPE(%v, %s)
          %a = CONV_3D(%r, %k)
          %b = MUL(%a, %f)
          %y = RELU(%b)
        }}"""
    )
    assert [(left.op, left.output, left.reason) for left in result.report.left] == [
        ("RESHAPE", "r", "only moves data beside float operators"),
        ("CONV_3D", "a", "LiteRT has no integer kernel for it"),
        ("MUL", "b", "beside float operators"),
        ("RELU", "y", "beside float operators"),
    ]


def test_bodies_stay_as_they_are() -> None:
    text = f"""graph main(%t: bool[], %x: float32[1,8], %v: float32[1,8]) -> (%d, %y) {{
      {DENSE}
      %y: float32[1,8] = IF(%t, %v) calls(then, otherwise)
    }}
    graph then(%p: float32[1,8]) -> (%q) {{ %q = NEG(%p) }}
    graph otherwise(%p: float32[1,8]) -> (%q) {{
      %a = ADD(%p, %p)
      %q = RELU(%a)
    }}"""
    model = parse(text)
    data = [{"t": np.array(bool(i % 2)), **s} for i, s in enumerate(samples())]
    result = intact.quantize(model, intact.calibrate(model, data, isolate=False))
    assert [(left.graph, left.op) for left in result.report.left] == [
        ("main", "IF"),
        ("then", "NEG"),
        ("otherwise", "ADD"),
        ("otherwise", "RELU"),
    ]
    left, right = Session(model), Session(result.model)
    for sample in data:
        assert (left.run(sample)["y"] == right.run(sample)["y"]).all()


def test_a_signature_without_samples_stays_as_it_is() -> None:
    text = f"""graph main(%x: float32[1,8]) -> (%d) {{ {DENSE} }}
    graph other(%v: float32[1,8]) -> (%y) {{
      %k = const float32[4,8] random(3)
      %f = const float32[4] [0.3, 0.7, 1.1, 1.3]
      %a = FULLY_CONNECTED(%v, %k, none)
      %b = MUL(%a, %f)
      %y = RELU(%b)
    }}
    signature first of main(x=%x) -> (d=%d)
    signature second of other(v=%v) -> (y=%y)"""
    model = parse(text)
    data = [{"x": s["x"]} for s in samples()]
    result = intact.quantize(model, intact.calibrate(model, data, isolate=False, signature="first"))
    assert [left.op for left in result.report.left] == ["FULLY_CONNECTED", "MUL", "RELU"]
    assert {left.reason for left in result.report.left} == {"signature 'second' was not calibrated"}
    left, right = (Session(m, m.signatures[1].graph) for m in (model, result.model))
    for sample in samples():
        assert (left.run({"v": sample["v"]})["y"] == right.run({"v": sample["v"]})["y"]).all()


def test_what_becomes_integer_is_rewritten() -> None:
    result = quantized(
        f"""graph main(%x: float32[1,8], %v: float32[1,8]) -> (%y, %v) {{
          {DENSE}
          %i = const int32[1] [1]
          %s = SUM(%d, %i) {{keep_dims=true}}
          %y = NEG(%s)
        }}"""
    )
    assert result.report.left == []
    assert [n.op.name for n in result.model.main.nodes if n.op.name not in ("QUANTIZE", "DEQUANTIZE")] == [
        "FULLY_CONNECTED",
        "MEAN",
        "MUL",
        "MUL",
    ]
