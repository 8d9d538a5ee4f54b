"""Which scale and zero point each operand gets."""

import pytest

import intact.ops  # noqa: F401  (registers the operators that texts name)
from intact.ir.graph import Graph
from intact.ir.text import parse
from intact.ir.types import DType
from intact.quantizer.assign import Assignment, assign
from intact.quantizer.propagate import propagate
from intact.quantizer.treatment import Treatment


def plan(text: str, **ranges: tuple[float, float]) -> tuple[Graph, Assignment]:
    graph = parse(text).main
    known = {v: ranges[v.name] for v in graph.values if v.name in ranges}
    propagate(graph, known)
    return graph, assign(graph, {DType.INT8: known}, dict.fromkeys(graph.nodes, Treatment("int8")))


def scales(graph: Graph, made: Assignment) -> dict[str, tuple[float, int]]:
    return {v.name: (round(float(q.scale[0]), 6), int(q.zero_point[0])) for (v, _), q in made.params.items()}


def test_movers_share_the_parameters_of_what_they_move() -> None:
    graph, made = plan(
        """graph main(%x: float32[1,4,4,2]) -> (%y) {
          %s = const int32[2] [1, 32]
          %m = MAX_POOL_2D(%x) {stride_h=2, stride_w=2, filter_height=2, filter_width=2}
          %y = RESHAPE(%m) {new_shape=[1, 8]}
        }""",
        x=(-1.0, 1.55),
        m=(0.0, 1.5),
    )
    assert scales(graph, made) == {"x": (0.01, -28), "m": (0.01, -28), "y": (0.01, -28)}


def test_a_fixed_output_scale_wins() -> None:
    graph, made = plan(
        "graph main(%x: float32[1,4]) -> (%z) { %y = SOFTMAX(%x) {beta=1.0}\n %z = RESHAPE(%y) {new_shape=[4]} }",
        x=(-10.0, 10.0),
        y=(0.1, 0.2),
        z=(0.1, 0.2),
    )
    assert scales(graph, made)["z"] == (0.003906, -128)


CONCAT = """graph main(%x: float32[1,4], %w: float32[1,4]) -> (%y{more}) {{
  %a = RELU(%x)
  %b = RELU(%w)
  %y = CONCATENATION(%a, %b) {{axis=1}}
  {extra}
}}"""


def test_an_operand_read_only_by_a_concatenation_takes_its_scale() -> None:
    graph, made = plan(
        CONCAT.format(more="", extra=""), x=(-1, 1), w=(-1, 1), a=(0.0, 1.0), b=(0.0, 25.5), y=(0.0, 25.5)
    )
    assert scales(graph, made)["a"] == scales(graph, made)["b"] == scales(graph, made)["y"] == (0.1, -128)
    assert not made.operands


def test_an_operand_with_other_readers_keeps_its_scale_and_is_requantized() -> None:
    graph, made = plan(
        CONCAT.format(more=", %z", extra="%z = RELU(%a)"),
        x=(-1, 1),
        w=(-1, 1),
        a=(0.0, 0.255),
        b=(0.0, 25.5),
        y=(0.0, 25.5),
        z=(0.0, 0.255),
    )
    assert scales(graph, made)["a"] == (0.001, -128)
    (node, index), params = next(iter(made.operands.items()))
    assert (node.op.name, index, round(float(params.scale[0]), 6)) == ("CONCATENATION", 0, 0.1)


def test_constant_operands_of_a_tie_take_the_result_s_scale_and_infinities_saturate() -> None:
    _graph, made = plan(
        """graph main(%x: float32[1,2]) -> (%y) {
          %p = const int32[2,2] [0, 0, 1, 1]
          %c = const float32[1] [-inf]
          %y = PADV2(%x, %p, %c)
        }""",
        x=(0.0, 2.55),
        y=(0.0, 2.55),
    )
    assert [round(float(q.scale[0]), 6) for q in made.operands.values()] == [0.01]


def test_what_only_moves_data_beside_float_operators_stays_in_float() -> None:
    _, made = plan(
        """graph main(%x: float32[2,3]) -> (%y, %z) {
          %a = SIN(%x)
          %t = const int32[2] [1, 0]
          %b = TRANSPOSE(%a, %t)
          %y = COS(%b)
          %z = RELU(%x)
        }""",
        x=(-1, 1),
        a=(-1, 1),
        b=(-1, 1),
        y=(-1, 1),
        z=(0, 1),
    )
    reasons = {n.op.name: r for n, r in made.verdicts.items()}
    assert reasons["TRANSPOSE"] == "only moves data beside float operators"
    assert reasons["SIN"] == "LiteRT has no integer kernel for it"


def test_the_border_to_integers_is_drawn_at_weights() -> None:
    _, made = plan(
        """graph main(%x: float32[1,4]) -> (%y) {
          %w = const float32[4,4] random(0)
          %a = FULLY_CONNECTED(%x, %w, none)
          %b = RELU(%a)
          %c = SIN(%b)
          %d = RELU(%c)
          %y = FULLY_CONNECTED(%d, %w, none)
        }""",
        **dict.fromkeys("xabcdy", (-1.0, 1.0)),
    )
    assert [r or "integer" for r in made.verdicts.values()] == [
        "integer",
        "beside float operators",
        "LiteRT has no integer kernel for it",
        "beside float operators",
        "integer",
    ]


def test_what_can_be_integer_is_better_than_nothing() -> None:
    _, made = plan(
        "graph main(%x: float32[2,3]) -> (%y) { %a = SIN(%x)\n %y = RELU(%a) }", **dict.fromkeys("xay", (-1, 1))
    )
    assert list(made.verdicts.values()) == ["LiteRT has no integer kernel for it", None]


def test_missing_ranges_are_a_reason() -> None:
    _, made = plan("graph main(%x: float32[1,4]) -> (%y) { %y = RELU(%x) }", x=(-1, 1))
    assert list(made.verdicts.values()) == ["its result has no finite calibrated range"]


def test_ranges_follow_data_and_constant_factors() -> None:
    graph = parse(
        """graph main(%x: float32[1,4]) -> (%y) {
          %a = RESHAPE(%x) {new_shape=[4]}
          %f = const float32[1] [4.0]
          %m = RELU(%a)
          %y = MUL(%m, %f)
        }"""
    ).main
    known = {v: r for v in graph.values for n, r in {"x": (-1.0, 1.0), "y": (0.0, 4.0)}.items() if v.name == n}
    propagate(graph, known)
    assert {v.name: r for v, r in known.items()} == {
        "x": (-1.0, 1.0),
        "y": (0.0, 4.0),
        "a": (-1.0, 1.0),
        "m": (0.0, 1.0),
    }


@pytest.mark.parametrize("dtype", ["int32", "bool"])
def test_what_touches_no_float_is_neither_integer_nor_left(dtype: str) -> None:
    _, made = plan(f"graph main(%x: {dtype}[1,4]) -> (%y) {{ %y = RESHAPE(%x) {{new_shape=[4]}} }}")
    assert not made.verdicts
