import numpy as np
import pytest

import intact.ir.text
import intact.ops
from intact.engines.litert import Session
from intact.engines.probe import probe
from intact.errors import ModelError
from intact.ir.text import format_model, parse
from intact.ir.types import Blockwise, CustomQuantization, DType, MultiAxis, QuantParams
from intact.ops.attributes import FusedActivation
from intact.ops.conv_2d import Conv2D

CONVOLUTION = """\
graph main(%x: float32[1?,8,8,3]) -> (%y) {
  %w = const float32[4,3,3,3] zeros
  %b = const float32[4] [0.5, -1.0, 0.0, 2.5e-10]
  %c: float32[1,8,8,4] = CONV_2D v3(%x, %w, %b) {fused_activation_function=RELU}
  %y: float32[1,256] = RESHAPE(%c, none) {new_shape=[1, 256]}
}

signature serving_default of main(image=%x) -> ("class scores"=%y)
"""
EVERYTHING = """\
graph main(%x: float32[], %"a;b:0": int8[1,2] <scale=0.5, zero_point=-3>) -> (%u, %x) {
  %w = const int8[2,2] <scale=[0.1, 0.2], zero_point=[0, 0], dim=1> [1, -2, 3, -128]
  %r = const float32[2] <min=-1.5, max=2.0> [inf, -inf]
  %s = const float16[2,1] [0.5, 0.25]
  %z = const float16[2,1] zeros
  %q = const int4[2,32] <block_size=32, scales=%s, zero_points=%z> zeros
  %m = const int4[2,2] <block_size=1, dims=[0, 1], scales=%s> hex"0f00"
  %f = const float32[1] <custom=hex"0102"> hex"0100807f"
  %p = const float32[2,3] sparse [[0, 1], [], [2, ["uint8", [0, 1, 3], "uint16", [0, 2, 1]]]] [1.0, 2.0, 3.0]
  %l = const bool[2] [true, false]
  %t = const string[1] hex"01000000"
  %e = const int32[0] []
  %v = variable float32[1,4]
  %i = tensor int16[1] <scale=0.001>
  %u: float32[...] = UNKNOWN(%"a;b:0", none, %w, %r, %q, %m, %f, %p, %l, %t, %e, %v) intermediates(%i, none) \
calls(body, "the end") {code="CUSTOM", custom_code="Foo", fields=[["a", [1, 1.5, true, none, "x"]]], \
custom_options=hex"00ff"}
  CALL_ONCE() calls(body)
  %o = const float64[1] <> [0.1]
}

graph body() -> () {
}

graph "the end"(%x: float32[2]) -> (%x) {
}
"""


@pytest.mark.parametrize("text", [CONVOLUTION, EVERYTHING])
def test_prints_what_it_parsed(text: str) -> None:
    assert format_model(parse(text), full=True) == text


def test_the_example_runs() -> None:
    text = str(intact.ir.text.__doc__)
    example = "\n".join(line for line in text.splitlines() if line.startswith("    "))
    model = parse(example)
    image = np.random.default_rng(0).uniform(-1, 1, (1, 8, 8, 3)).astype(np.float32)
    probe(model, {"image": image})
    assert Session(model).run({"image": image})["scores"].shape == (1, 256)


def test_parses_a_model() -> None:
    model = parse(CONVOLUTION)
    graph = model.main
    convolution, reshape = graph.nodes
    image, weights, bias = convolution.inputs
    assert convolution.op == Conv2D(fused_activation_function=FusedActivation.RELU)
    assert convolution.version == 3
    assert image is graph.inputs[0]
    assert image.type.signature == (-1, 8, 8, 3)
    assert not weights.array.any()
    np.testing.assert_array_equal(bias.array, np.float32([0.5, -1, 0, 2.5e-10]))
    assert reshape.inputs == (convolution.outputs[0], None)
    assert graph.outputs == [reshape.outputs[0]]
    assert [value.name for value in graph.values] == ["x", "w", "b", "c", "y"]
    assert model.signatures[0].inputs == {"image": image}
    assert model.signatures[0].outputs == {"class scores": reshape.outputs[0]}


def test_parses_quantization() -> None:
    values = {value.name: value for value in parse(EVERYTHING).main.values}
    assert values["a;b:0"].quant == QuantParams([0.5], [-3])
    assert values["w"].quant == QuantParams([0.1, 0.2], [0, 0], 1)
    assert values["r"].quant == QuantParams(min=[-1.5], max=[2])
    assert values["q"].quant.details == Blockwise(32)
    assert values["q"].block_scales is values["s"]
    assert values["q"].block_zero_points is values["z"]
    assert values["m"].quant.details == MultiAxis(1, (0, 1))
    assert values["f"].quant.details == CustomQuantization(b"\1\2")
    assert values["o"].quant == QuantParams()


def test_infers_types_left_out() -> None:
    model = parse(
        """
        graph main(%x: float32[1,8,8,3]) -> (%y) {
          %w = const float32[4,3,3,3] random(0)
          %c = CONV_2D(%x, %w) {stride_h=2, stride_w=2}
          %y = SOFTMAX(%c)
        }
        """
    )
    assert [str(v) for v in model.main.values[-2:]] == ["%c: float32[1,4,4,4]", "%y: float32[1,4,4,4]"]


def test_random_contents_depend_on_the_seed_alone() -> None:
    text = "graph main() -> () { %a = const float32[3] random(1) %b = const float32[3] random(1) %i = const %s }"
    a, b, i = parse(text.replace("%s", "uint8[1000] random(7)")).main.values
    np.testing.assert_array_equal(a.array, b.array)
    assert (i.array.min(), i.array.max()) == (0, 255)


def test_prints_long_lists_short() -> None:
    text = "graph main() -> () {\n  %a = const float32[20] <scale=SCALES> full(0.5)\n}\n"
    model = parse(text.replace("SCALES", str([1.0] * 20)))
    printed = format_model(model)
    assert "%a = const float32[20] <scale=[1.0, 1.0, " in printed
    assert "... 20 in all]> # 20 numbers in [0.5, 0.5]\n" in printed
    with pytest.raises(ModelError, match=r"found '\.\.\.'"):
        parse(printed)


def test_prints_repeated_names_apart() -> None:
    model = parse("graph main(%a: float32[1], %b: float32[1]) -> (%a, %b) { }")
    model.main.values[1].name = "a"
    assert format_model(model) == 'graph main(%a: float32[1], %"a#2": float32[1]) -> (%a, %"a#2") {\n}\n'


def test_reads_values_before_they_are_made() -> None:
    model = parse("graph main(%x: float32[2]) -> (%y) { %y = ADD(%x, %z) %z: float32[2] = ADD(%x, %x) }")
    assert model.main.nodes[0].inputs[1].producer is model.main.nodes[1]
    assert model.main.outputs[0].dtype is DType.FLOAT32


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("%y = CONV2D(%x)", "line 2, column 6: there is no operator CONV2D; expected CONV_2D."),
        ("%y: flaot32[2] = ADD(%x, %x)", "line 2, column 5: there is no type flaot32; expected float32."),
        ("%y = ADD(%x, %X)", "line 2, column 14: there is no %X in the graph."),
        ("%y = ADD(%xx, %x)", "line 2, column 10: there is no %xx in the graph; expected %x."),
        ("%y = ADD(%x, %x) {fused=RELU}", "ADD has no attribute fused; expected fused_activation_function, pot_scale"),
        ("%y = SOFTMAX(%x) {beta=RELU}", "line 2, column 24: beta is RELU; expected a number."),
        ("%y = RESHAPE(%x, none) {new_shape=[1.5]}", "new_shape is [1.5]; expected a whole number."),
        ("%y = ADD(%x, %x) {pot_scale_int16=1}", "pot_scale_int16 is 1; expected true or false."),
        ("%y, %z = ADD(%x, %x)", "line 2, column 10: 2 names for the results of ADD; expected 1."),
        ("%y = ADD(%x, %z) %z = ADD(%x, %x)", "%z is read before its type is known; expected its type where it is"),
        ("%x = ADD(%x, %x)", "line 2, column 1: %x is defined twice in the graph."),
        ("%y = ADD(%x", "line 3, column 1: found '}'; expected ','."),
        ("%y = ADD 3(%x)", "found '3'; expected '('."),
        ("%y = ADD x3(%x)", "found 'x3'; expected '(' or a version such as v2."),
        ("%y = WHILE(%x) calls(f, main)", "there is no graph f; expected main."),
        ("%y = UNKNOWN(%x)", "line 2, column 6: UNKNOWN lacks one of code, custom_code"),
        ('%y = UNKNOWN(%x) {code="X"}', "nothing says the types of the results of X; expected %name: type before"),
        ("%y = const float32[2] [1]", "line 2, column 23: 1 numbers for the shape [2]; expected 2."),
        ("%y = const uint8[2] [1, 256]", "line 2, column 21: a number is outside uint8; expected 0 to 255."),
        ("%y = const int4[2] [1, 2]", "int4 has no literals; expected the bytes, as zeros or hex"),
        ("%y = const float32[2] # 2 numbers", "line 3, column 1: found '}'; expected contents, which a model printed"),
        ("%y = const float32[9999999999] zeros", "zeros cannot fill float32 [9999999999]; expected a smaller shape"),
        ("%y: float32[2] = const float32[2] zeros", "const stands behind one name without a type; expected %name ="),
        ('%y = const float32[2] hex"000"', "hex has 3 digits; expected two for each byte."),
        ("%y = const int8[1] <scales=3> zeros", "line 2, column 28: found '3'; expected %name."),
        ("%y = const int8[1] <offset=3> zeros", "line 2, column 21: quantization has no offset; expected scale, "),
        ("%y = const int8[1] <zero_point=9999999999999999999> [1]", "a zero point does not fit 64 bits."),
        ("%y = const int8[1] [" + "9" * 50 + "]", "a whole number has 50 digits; expected at most 40."),
        ("%y = RESHAPE(%x) {new_shape=" + "[" * 30, "lists are nested 21 deep; expected at most 20."),
        ("%y = $", "line 2, column 6: the character '$' begins no token."),
        (r'%"\q" = ADD(%x, %x)', r'the string "\q" is broken (Invalid \escape); expected the escapes of JSON.'),
    ],
)
def test_says_what_is_wrong_and_where(body: str, message: str) -> None:
    with pytest.raises(ModelError) as caught:
        parse(f"graph main(%x: float32[2]) -> (%y) {{\n{body}\n}}")
    assert message in str(caught.value)
    assert caught.value.code == "E208"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column 1: found 'the end'; expected graph main(...) -> (...) {...}."),
        ("graph g() -> () {} graph g() -> () {}", "line 1, column 26: graph g is defined twice."),
        ("graph g() -> () {} }", "line 1, column 20: found '}'; expected 'signature' or the end, behind all graphs."),
        ("graph g() -> () {} signature s of h() -> ()", "there is no graph h; expected g."),
        ("graph g(%x) -> () {}", "line 1, column 11: found ')'; expected ':'."),
    ],
)
def test_says_what_is_wrong_outside_of_graphs(text: str, message: str) -> None:
    with pytest.raises(ModelError) as caught:
        parse(text)
    assert message in str(caught.value)


def test_errors_point_at_the_fault() -> None:
    with pytest.raises(ModelError) as caught:
        parse("graph main(%x: float32[1]) -> (%y) {\n\t%y = CONV2D(%x)\n}")
    assert str(caught.value) == (
        "IR text line 2, column 7: there is no operator CONV2D; expected CONV_2D. [E208]\n"
        "     %y = CONV2D(%x)\n"
        "          ^"
    )


def test_operands_that_do_not_fit_have_the_operators_own_code() -> None:
    with pytest.raises(
        ModelError, match=r"^IR text line 1, column 59: shapes \[\[2\], \[3\]\] do not broadcast"
    ) as caught:
        parse("graph main(%x: float32[2], %z: float32[3]) -> (%y) { %y = ADD(%x, %z) }")
    assert caught.value.code == "E201"
