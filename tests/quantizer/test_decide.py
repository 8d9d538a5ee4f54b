"""Which constants of operators on floats are stored in fewer bits, and which are not, with the reason."""

import pytest

import intact
from intact.ir.model import Model
from intact.ir.text import parse
from intact.ir.types import DType
from intact.quantizer.recipe import RECIPES


def left(text: str, recipe: str = "dynamic-range") -> str:
    """The reason of the one operator that is left."""
    with pytest.raises(intact.QuantError) as caught:
        intact.quantize(parse(text), recipe=recipe)
    assert caught.value.code == "E405"
    return str(caught.value)


CONV = """graph main(%x: float32[1,8,8,16]) -> (%y) {{
  %w = const float32[16,3,3,16] random(1)
  %b = const float32[16] zeros
  %y = CONV_2D(%x, %w{bias}) {{stride_h=1, stride_w=1{more}}}
}}"""


def test_hybrid_convolutions_need_a_bias_and_a_clamp() -> None:
    assert "CONV_2D: no bias, which its hybrid kernels need" in left(CONV.format(bias="", more=""))
    text = CONV.format(bias=", %b", more=", fused_activation_function=TANH")
    assert "CONV_2D: fused TANH" in left(text)
    assert intact.quantize(parse(text), recipe="weight-only").report.kind.quantization.startswith("weight only")


def test_what_has_no_hybrid_kernel_says_what_would_do() -> None:
    text = """graph main(%x: float32[1,4,4,16]) -> (%y) {
      %s = const int32[4] [1, 4, 4, 16]
      %w = const float32[16,3,3,16] random(1)
      %y = TRANSPOSE_CONV(%s, %w, %x) {stride_h=1, stride_w=1}
    }"""
    assert "TRANSPOSE_CONV: LiteRT has no hybrid kernel for it; weight-only stores its weights all the same" in left(
        text
    )


def test_matrices_in_several_batches_are_left_to_floats() -> None:
    text = """graph main(%x: float32[2,3,4,32]) -> (%y) {
      %w = const float32[32,32] random(1)
      %y = BATCH_MATMUL(%x, %w)
    }"""
    assert "its hybrid kernel takes scales of other rows in several batch dimensions" in left(text)
    flat = intact.quantize(parse(text.replace("[2,3,4,32]", "[1,6,4,32]")), recipe="dynamic-range")
    assert flat.report.operators[0].became == "dynamic-range int8 per-tensor"


def test_weights_that_are_computed() -> None:
    text = "graph main(%x: float32[4,64], %w: float32[32,64]) -> (%y) { %y = FULLY_CONNECTED(%x, %w, none) }"
    assert "its weights are computed, not constant" in left(text)
    assert "none has weights" in left(
        text.replace("FULLY_CONNECTED(%x, %w, none)", "BATCH_MATMUL(%x, %w) {adj_y=true}")
    )


@pytest.mark.parametrize("numbers", ["1.0", "-1.0"])
def test_inputs_are_symmetric_where_sums_of_weights_would_wrap(numbers: str) -> None:
    def dense(depth: int) -> Model:
        row = ", ".join([numbers] * depth)
        return parse(
            f"graph main(%x: float32[1,{depth}]) -> (%y) {{ %w = const float32[1,{depth}] [{row}]\n"
            "%y = FULLY_CONNECTED(%x, %w, none) }"
        )

    asymmetric = []
    for depth in (2048, 4096):
        made = intact.quantize(dense(depth), recipe="dynamic-range")
        op = made.model.main.nodes[0].op
        asymmetric.append(op.asymmetric_quantize_inputs)
        certificate = intact.certify(made.model, "litert-reference", count=2, isolate=False)
        assert certificate.differing == 0
    assert asymmetric == [True, False]


def test_all_weights_of_a_cell_are_integers_where_one_is() -> None:
    text = """graph main(%x: float32[1,64]) -> (%y) {
      %f = const float32[32,64] random(1)
      %t = const float32[32,4] random(2)
      %s = variable float32[1,128]
      %y = SVDF(%x, %f, %t, none, %s) {rank=1}
    }"""
    node = intact.quantize(parse(text), recipe="dynamic-range").model.main.nodes[0]
    assert [v.dtype for v in node.inputs[1:3] if v is not None] == [DType.INT8, DType.INT8]


def test_constants_that_operators_share_are_stored_once() -> None:
    text = """graph main(%x: float32[1,64]) -> (%y, %z) {
      %w = const float32[64,64] random(1)
      %y = FULLY_CONNECTED(%x, %w, none)
      %z = FULLY_CONNECTED(%y, %w, none) {fused_activation_function=RELU}
    }"""
    for recipe in sorted(set(RECIPES) - {"float"}):
        if RECIPES[recipe].needs_ranges:
            continue
        graph = intact.quantize(parse(text), recipe=recipe).model.main
        first, second = (n for n in graph.nodes if n.op.name == "FULLY_CONNECTED")
        assert first.inputs[1] is second.inputs[1]
        assert sum(n.op.name == "DEQUANTIZE" for n in graph.nodes) == (recipe != "dynamic-range")


def test_bodies_of_control_flow_are_stored_too() -> None:
    text = """graph main(%c: bool[], %x: float32[1,64]) -> (%y) {
      %y: float32[1,64] = IF(%c, %x) calls(yes, no)
    }
    graph yes(%x: float32[1,64]) -> (%y) {
      %w = const float32[64,64] random(1)
      %y = FULLY_CONNECTED(%x, %w, none)
    }
    graph no(%x: float32[1,64]) -> (%y) { %y = RELU(%x) }"""
    made = intact.quantize(parse(text), recipe="dynamic-range")
    assert [o.became for o in made.report.operators if o.op == "FULLY_CONNECTED"] == ["dynamic-range int8 per-channel"]
