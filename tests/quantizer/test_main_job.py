"""The main job end to end: a float model in, an integer model out that LiteRT runs and that is close."""

import numpy as np
import pytest

import intact
from case import Case
from intact.diagnose.compare import compare
from intact.engines.litert import RESOLVERS, Session
from intact.ir.graph import Buffer
from intact.ir.model import Metadata, Model
from intact.ir.text import parse
from intact.ir.types import DType
from intact.ir.verify import verify
from intact.ops.fully_connected import FullyConnected
from intact.quantizer.report import Quantized


def samples(model: Model, count: int = 8, low: float = -1.0, high: float = 1.0) -> list[dict[str, np.ndarray]]:
    rng = np.random.default_rng(0)
    return [
        {p.name: rng.uniform(low, high, p.type.shape).astype(np.float32) for p in Session(model).inputs}
        for _ in range(count)
    ]


def quantized(model: Model, **options: object) -> tuple[Quantized, float]:
    """The result, and the SQNR of its worst output under the worst kernel set."""
    data = samples(model)
    result = intact.quantize(model, intact.calibrate(model, data, isolate=False), **options)
    assert [i for i in verify(result.model) if i.severity == "error"] == []
    worst = min(o.measures.sqnr for r in RESOLVERS for o in compare(model, result.model, data, resolver=r).outputs)
    return result, worst


TWO_CONVS = """graph main(%x: float32[1,6,6,3]) -> (%y, %z) {
  %w = const float32[4,3,3,3] random(1)
  %b = const float32[4] [0.5, -0.5, 0.0, 1.0]
  %y = CONV_2D(%x, %w, %b)
  %z = CONV_2D(%x, %w, %b) {padding=VALID, fused_activation_function=RELU}
}"""


def test_a_weight_read_twice_in_the_same_way_is_stored_once() -> None:
    result, worst = quantized(parse(TWO_CONVS))
    first, second = (n for n in result.model.main.nodes if n.op.name == "CONV_2D")
    assert first.inputs[1] is second.inputs[1]
    assert first.inputs[2] is second.inputs[2]
    assert worst > 35


def test_a_constant_in_two_roles_is_stored_twice() -> None:
    model = parse(
        """graph main(%x: float32[4,4]) -> (%y, %z) {
          %w = const float32[4,4] random(1)
          %y = FULLY_CONNECTED(%x, %w, none)
          %z = ADD(%x, %w)
        }"""
    )
    result, worst = quantized(model)
    dense = next(n for n in result.model.main.nodes if n.op.name == "FULLY_CONNECTED").inputs[1]
    added = next(n for n in result.model.main.nodes if n.op.name == "ADD").inputs[1]
    assert dense is not None
    assert added is not None
    assert dense.quant is not None
    assert dense.quant.scale.size == 4
    assert added.quant is not None
    assert added.quant.scale.size == 1
    assert worst > 35


def test_a_bias_read_at_two_scales_is_stored_for_each() -> None:
    model = parse(
        TWO_CONVS.replace(
            "%z = CONV_2D(%x, %w, %b)", "%v = const float32[4,3,3,3] random(2)\n  %z = CONV_2D(%x, %v, %b)"
        )
    )
    result, worst = quantized(model)
    first, second = (n for n in result.model.main.nodes if n.op.name == "CONV_2D")
    assert first.inputs[2] is not second.inputs[2]
    assert worst > 35


def test_dead_channels_and_dead_layers_have_positive_scales() -> None:
    weights = np.random.default_rng(1).normal(size=(4, 5)).astype(np.float32)
    weights[2] = 0
    rows = ", ".join(str(v) for v in weights.reshape(-1))
    model = parse(
        f"""graph main(%x: float32[1,5]) -> (%y, %d) {{
          %w = const float32[4,5] [{rows}]
          %b = const float32[4] [0.5, -0.5, 3.0, 1.0]
          %y = FULLY_CONNECTED(%x, %w, %b)
          %z = const float32[4,4] zeros
          %n = const float32[4] zeros
          %d = FULLY_CONNECTED(%y, %z, %n)
        }}"""
    )
    result, _ = quantized(model)
    for value in result.model.main.values:
        if value.quant is not None:
            assert np.isfinite(value.quant.scale).all()
            assert (value.quant.scale > 0).all()


def test_a_bias_that_would_overflow_widens_the_weight_scale_and_says_so() -> None:
    model = parse(
        """graph main(%x: float32[1,2]) -> (%y) {
          %w = const float32[2,2] [1e-6, 1e-6, 1.0, -1.0]
          %b = const float32[2] [1000.0, 0.5]
          %y = FULLY_CONNECTED(%x, %w, %b)
        }"""
    )
    result, _ = quantized(model)
    (entry,) = result.report.widened
    assert (entry.weight, entry.channels) == ("w", 1)
    assert entry.factor > 1
    node = next(n for n in result.model.main.nodes if n.op.name == "FULLY_CONNECTED")
    bias = node.inputs[2]
    assert bias is not None
    assert bias.array is not None
    assert int(np.abs(bias.array.astype(np.int64)).max()) < 2**31 - 1


def test_scalar_operands() -> None:
    model = parse(
        """graph main(%x: float32[1,8]) -> (%y) {
          %a = const float32[] [0.125]
          %b = const float32[1] [-3.0]
          %c = MUL(%x, %a)
          %y = ADD(%c, %b)
        }"""
    )
    assert quantized(model)[1] > 35


@pytest.mark.parametrize("input_type", ["float32", "int8", "uint8"])
@pytest.mark.parametrize("output_type", ["float32", "int8", "uint8"])
def test_ports_of_every_type(input_type: str, output_type: str) -> None:
    model = parse(TWO_CONVS)
    result, worst = quantized(model, input_type=input_type, output_type=output_type)
    graph = result.model.main
    assert [v.dtype.value for v in graph.inputs] == [input_type]
    assert [v.dtype.value for v in graph.outputs] == [output_type] * 2
    assert [v.name for v in (*graph.inputs, *graph.outputs)] == ["x", "y", "z"]
    assert [c.dtype for c in result.report.inputs] == [input_type]
    assert worst > 35
    assert result.report.kind.compute == "integer"


def test_a_contract_is_enough_to_feed_an_integer_model() -> None:
    model = parse(TWO_CONVS)
    data = samples(model)
    result = intact.quantize(
        model, intact.calibrate(model, data, isolate=False), input_type="uint8", output_type="int8"
    )
    (inner,), outer = result.report.inputs, result.report.outputs[0]
    assert inner.scale is not None
    assert inner.zero_point is not None
    stored = np.clip(np.round(data[0]["x"] / inner.scale) + inner.zero_point, inner.low, inner.high).astype(np.uint8)
    got = Session(result.model).run({"x": stored})["y"]
    assert outer.mean is not None
    assert outer.std is not None
    real = (got.astype(np.float64) - outer.mean) / outer.std
    expected = Session(model).run(data[0])["y"]
    assert np.abs(real - expected).max() < 0.05 * np.abs(expected).max()


def test_a_dynamic_batch_stays_dynamic() -> None:
    model = parse(
        """graph main(%x: float32[1?,6,6,3]) -> (%y) {
          %w = const float32[4,3,3,3] random(1)
          %b = const float32[4] zeros
          %y: float32[1?,6,6,4] = CONV_2D(%x, %w, %b)
        }"""
    )
    result, _ = quantized(model)
    batch = np.random.default_rng(1).uniform(-1, 1, (5, 6, 6, 3)).astype(np.float32)
    got = Session(result.model).run({"x": batch})["y"]
    assert got.shape == (5, 6, 6, 4)
    assert result.report.inputs[0].shape == (-1, 6, 6, 3)


FLOAT_MIDDLE = """graph main(%x: float32[1,4]) -> (%y) {
  %w = const float32[4,4] random(0)
  %a = FULLY_CONNECTED(%x, %w, none)
  %b = SIN(%a)
  %y = FULLY_CONNECTED(%b, %w, none)
}"""


def test_what_cannot_be_integer_stands_between_conversions_and_is_listed() -> None:
    result, worst = quantized(parse(FLOAT_MIDDLE))
    assert [n.op.name for n in result.model.main.nodes] == [
        "QUANTIZE",
        "FULLY_CONNECTED",
        "DEQUANTIZE",
        "SIN",
        "QUANTIZE",
        "FULLY_CONNECTED",
        "DEQUANTIZE",
    ]
    assert result.report.reasons == {"SIN: LiteRT has no integer kernel for it": 1}
    assert result.report.kind.compute == "hybrid"
    assert worst > 30


def test_float_operators_can_be_an_error() -> None:
    model = parse(FLOAT_MIDDLE)
    ranges = intact.calibrate(model, samples(model), isolate=False)
    with pytest.raises(
        intact.QuantError, match=r"1 operator would stay in float: SIN: LiteRT has no integer kernel for it; expected"
    ) as caught:
        intact.quantize(model, ranges, require_integer=True)
    assert caught.value.code == "E404"


def test_a_model_without_integer_kernels_is_refused() -> None:
    model = parse("graph main(%x: float32[1,4]) -> (%y) { %y = SIN(%x) }")
    ranges = intact.calibrate(model, samples(model), isolate=False)
    with pytest.raises(intact.QuantError, match="no operator of the model can become integer: SIN: ") as caught:
        intact.quantize(model, ranges)
    assert caught.value.code == "E405"


def test_a_quantized_model_is_refused_with_what_it_is() -> None:
    result, _ = quantized(parse(TWO_CONVS))
    with pytest.raises(intact.QuantError, match="the model is already quantized: int8 per-channel") as caught:
        intact.calibrate(result.model, [])
    assert caught.value.code == "E401"


def test_batch_normalization_is_folded_and_activations_are_fused() -> None:
    model = parse(
        """graph main(%x: float32[1,6,6,3]) -> (%y) {
          %w = const float32[4,3,3,3] random(1)
          %b = const float32[4] zeros
          %m = const float32[4] [0.5, 2.0, -1.0, 0.25]
          %a = const float32[4] [1.0, 0.0, -1.0, 0.5]
          %c = CONV_2D(%x, %w, %b)
          %d = MUL(%c, %m)
          %e = ADD(%d, %a)
          %y = RELU(%e)
        }"""
    )
    result, worst = quantized(model)
    assert [n.op.name for n in result.model.main.nodes] == ["QUANTIZE", "CONV_2D", "DEQUANTIZE"]
    assert worst > 35


def test_signatures_without_samples_stay_float_and_say_so() -> None:
    model = parse(
        """graph main(%x: float32[1,4]) -> (%y) {
          %w = const float32[4,4] random(0)
          %y = FULLY_CONNECTED(%x, %w, none)
        }
        graph other(%u: float32[1,4]) -> (%v) {
          %w = const float32[4,4] random(0)
          %v = FULLY_CONNECTED(%u, %w, none)
        }
        signature first of main(x=%x) -> (y=%y)
        signature second of other(u=%u) -> (v=%v)
        """
    )
    data = samples(model)
    ranges = intact.calibrate(model, data, isolate=False, signature="first")
    result = intact.quantize(model, ranges)
    assert [item.reason for item in result.report.left] == ["signature 'second' was not calibrated"]
    both = ranges.merge(intact.calibrate(model, [{"u": s["x"]} for s in data], isolate=False, signature="second"))
    whole = intact.quantize(model, both)
    assert not whole.report.left
    assert whole.report.kind.compute == "integer"
    for key, name in (("first", "x"), ("second", "u")):
        compared = compare(model, whole.model, [{name: s["x"]} for s in data], signature=key)
        assert compared.outputs[0].measures.sqnr > 35


CONTROL = """graph main(%c: bool[], %x: float32[1,4]) -> (%z) {
  %w = const float32[4,4] random(0)
  %a = FULLY_CONNECTED(%x, %w, none)
  %b: float32[1,4] = IF(%c, %a) calls(then, otherwise)
  %z = FULLY_CONNECTED(%b, %w, none)
}
graph then(%p: float32[1,4]) -> (%q) { %q = RELU(%p) }
graph otherwise(%p: float32[1,4]) -> (%q) { %q = TANH(%p) }
"""


def test_bodies_of_control_flow_stay_float() -> None:
    model = parse(CONTROL)
    rng = np.random.default_rng(0)
    data = [{"c": np.array(bool(i % 2)), "x": rng.uniform(-1, 1, (1, 4)).astype(np.float32)} for i in range(6)]
    result = intact.quantize(model, intact.calibrate(model, data, isolate=False))
    assert result.report.reasons == {
        "IF: control flow: its bodies stay in float": 1,
        "RELU: in a body that another operator calls": 1,
        "TANH: in a body that another operator calls": 1,
    }
    for resolver in RESOLVERS:
        assert compare(model, result.model, data, resolver=resolver).outputs[0].measures.sqnr > 30


PASSED_ON = """graph main(%x: float32[1,4]) -> (%x, %y) {
  %w = const float32[4,4] random(0)
  %y = FULLY_CONNECTED(%x, %w, none)
}"""


@pytest.mark.parametrize("input_type", ["float32", "int8", "uint8"])
@pytest.mark.parametrize("output_type", ["float32", "int8", "uint8"])
def test_an_input_that_is_an_output_has_the_types_asked_for(input_type: str, output_type: str) -> None:
    result, worst = quantized(parse(PASSED_ON), input_type=input_type, output_type=output_type)
    graph = result.model.main
    assert [v.dtype.value for v in (*graph.inputs, *graph.outputs)] == [input_type, output_type, output_type]
    assert [v.name for v in (*graph.inputs, *graph.outputs)] == ["x", "x", "y"]
    assert [c.name for c in (*result.report.inputs, *result.report.outputs)] == ["x", "x", "y"]
    assert worst > 35


FLOAT_READERS = {
    "cast": "%b = CAST(%z) {in_data_type=float32, out_data_type=int32}",
    "sin": "%b = SIN(%z)",
    "chain": "%c = ADD(%z, %z)\n %b = SIN(%c)",
    "zeros": "%b = ZEROS_LIKE(%z)",
    "body": "%b: float32[1,4] = IF(%t, %z) calls(then, then)",
}


@pytest.mark.parametrize("reader", FLOAT_READERS)
@pytest.mark.parametrize("port", ["int8", "uint8"])
def test_a_float_operator_reads_an_integer_port_as_reals(reader: str, port: str) -> None:
    """Whatever is known of such an input is its range; nothing integer touches it."""
    condition = "%t: bool[], " if reader == "body" else ""
    model = parse(
        f"""graph main({condition}%x: float32[1,4], %z: float32[1,4]) -> (%y, %b) {{
          %w = const float32[4,4] random(0)
          %y = FULLY_CONNECTED(%x, %w, none)
          {FLOAT_READERS[reader]}
        }}
        graph then(%p: float32[1,4]) -> (%q) {{ %q = SIN(%p) }}"""
    )
    rng = np.random.default_rng(0)
    data = [{n: rng.uniform(-3, 3, (1, 4)).astype(np.float32) for n in "xz"} for _ in range(8)]
    if condition:
        data = [{"t": np.array(True), **d} for d in data]
    result = intact.quantize(model, intact.calibrate(model, data, isolate=False), input_type=port)
    floats = next(
        n for n in result.model.main.nodes if n.op.name == "DEQUANTIZE" and n.inputs[0] in result.model.main.inputs
    )
    assert floats.outputs[0].dtype == DType.FLOAT32
    for resolver in RESOLVERS:
        for output in compare(model, result.model, data, resolver=resolver).outputs:
            measures = output.measures
            assert measures.sqnr > 25 if measures.is_number else measures.equality > 0.9


def test_constant_outputs_and_empty_inputs_have_parameters() -> None:
    model = parse(
        """graph main(%x: float32[1,4], %e: float32[0,4]) -> (%y, %k) {
          %w = const float32[4,4] random(0)
          %k = const float32[2] [-1.0, 3.0]
          %y = FULLY_CONNECTED(%x, %w, none)
        }"""
    )
    data = [{"x": s["x"], "e": np.zeros((0, 4), np.float32)} for s in samples(parse(PASSED_ON))]
    result = intact.quantize(model, intact.calibrate(model, data, isolate=False), input_type="int8", output_type="int8")
    assert [v.dtype.value for v in (*result.model.main.inputs, *result.model.main.outputs)] == ["int8"] * 4
    assert result.report.outputs[1].scale == pytest.approx(4 / 255)


@pytest.mark.parametrize("taken", [66_000, 100_000, 200_000])
@pytest.mark.parametrize("low", [0.0, -1.0])
def test_the_bias_guard_leaves_the_weights_of_wide_layers_alone(taken: int, low: float) -> None:
    rng = np.random.default_rng(0)
    weights = (rng.normal(size=(3, taken)) / taken**0.5).astype(np.float32)
    case = Case(FullyConnected(), [(1, taken), weights, np.ones(3, np.float32)])
    model = case.model()
    data = [{"x0": rng.uniform(low, 1, (1, taken)).astype(np.float32)} for _ in range(3)]
    result = intact.quantize(model, intact.calibrate(model, data, isolate=False))
    assert result.report.widened == []
    # Three outputs of which one is near 1 beside the bias: a few dB less than what more numbers would average to.
    assert compare(model, result.model, data).outputs[0].measures.sqnr > 25


@pytest.mark.parametrize("bias", ["none", "%b"])
def test_products_that_would_overflow_widen_the_weight_scale(bias: str) -> None:
    model = parse(
        f"""graph main(%x: float32[1,70000]) -> (%y) {{
          %w = const float32[2,70000] full(1.0)
          %b = const float32[2] [1.0, 2.0]
          %y = FULLY_CONNECTED(%x, %w, {bias})
        }}"""
    )
    rng = np.random.default_rng(0)
    data = [{"x": rng.uniform(0.9, 1, (1, 70_000)).astype(np.float32)} for _ in range(3)]
    result = intact.quantize(model, intact.calibrate(model, data, isolate=False))
    (entry,) = result.report.widened
    assert (entry.weight, entry.channels) == ("w", 2)
    assert 1 < entry.factor < 1.1
    assert str(entry).endswith("so that products and bias fit int32 together")
    # The largest input there is: beyond the results calibrated, so that it saturates, but it does not wrap around.
    largest = [{"x": np.full((1, 70_000), 1, np.float32)}]
    for resolver in RESOLVERS:
        assert compare(model, result.model, data, resolver=resolver).outputs[0].measures.sqnr > 35
        assert compare(model, result.model, largest, resolver=resolver).outputs[0].measures.sqnr > 20


def test_the_widened_scale_is_no_wider_than_it_must_be() -> None:
    """Weights of both signs over an input of both signs: no input is at both ends at once."""
    taken = 140_000
    signs = np.where(np.arange(taken) % 2, 1, -1).astype(np.float32)[None]
    model = Case(FullyConnected(), [(1, taken), signs, np.zeros(1, np.float32)]).model()
    data = [{"x0": np.random.default_rng(i).uniform(0, 1, (1, taken)).astype(np.float32)} for i in range(2)]
    result = intact.quantize(model, intact.calibrate(model, data, isolate=False))
    (entry,) = result.report.widened
    assert entry.factor == pytest.approx(taken / 2 * 127 * 255 / 2**31, rel=0.01)


def test_a_computed_weight_is_widened_for_its_bias() -> None:
    model = parse(
        """graph main(%x: float32[1,4], %w: float32[3,4]) -> (%y) {
          %b = const float32[3] [1.0, -1.0, 0.5]
          %y = FULLY_CONNECTED(%x, %w, %b)
        }"""
    )
    rng = np.random.default_rng(0)
    data = [
        {
            "x": rng.uniform(-1e-3, 1e-3, (1, 4)).astype(np.float32),
            "w": rng.uniform(-1e-3, 1e-3, (3, 4)).astype(np.float32),
        }
        for _ in range(4)
    ]
    result = intact.quantize(model, intact.calibrate(model, data, isolate=False))
    assert compare(model, result.model, data).outputs[0].measures.sqnr > 35


def test_weights_that_signatures_share_are_stored_once() -> None:
    shared = Buffer(np.random.default_rng(0).normal(size=(64, 64)).astype(np.float32))
    model = parse(
        """graph main(%x: float32[1,64]) -> (%y) { %w = const float32[64,64] zeros
          %y = FULLY_CONNECTED(%x, %w, none) }
        graph other(%u: float32[1,64]) -> (%v) { %w = const float32[64,64] zeros
          %v = FULLY_CONNECTED(%u, %w, none) }
        signature first of main(x=%x) -> (y=%y)
        signature second of other(u=%u) -> (v=%v)"""
    )
    for graph in model.graphs:
        graph.nodes[0].inputs[1].buffer = shared
    rng = np.random.default_rng(1)
    ranges = [
        intact.calibrate(model, [{name: rng.uniform(-1, 1, (1, 64)).astype(np.float32)}], isolate=False, signature=key)
        for key, name in (("first", "x"), ("second", "u"))
    ]
    result = intact.quantize(model, ranges[0].merge(ranges[1]))
    first, second = (next(n for n in g.nodes if n.op.name == "FULLY_CONNECTED") for g in result.model.graphs)
    assert first.inputs[1].buffer is second.inputs[1].buffer


def test_joined_probabilities_keep_the_scale_their_kernels_fix() -> None:
    model = parse(
        """graph main(%x: float32[1,4], %u: float32[1,4]) -> (%y) {
          %a = SOFTMAX(%x) {beta=1.0}
          %b = SOFTMAX(%u) {beta=1.0}
          %y = CONCATENATION(%a, %b) {axis=1}
        }"""
    )
    result, _ = quantized(model)
    assert [n.op.name for n in result.model.main.nodes].count("QUANTIZE") == 2


def test_widened_scales_are_noted() -> None:
    model = parse("graph main(%x: float32[1,4], %u: float32[1,4]) -> (%y) { %y = SUB(%x, %u) }")
    data = [{"x": np.full((1, 4), 100.0, np.float32), "u": np.full((1, 4), 99.99999, np.float32)}]
    result = intact.quantize(model, intact.calibrate(model, data, isolate=False))
    assert result.report.notes[0].startswith("the scale of 'y' is ")
    assert "kernels take no finer one beside the scales around it" in result.report.notes[0]


def test_the_float_model_is_not_changed() -> None:
    model = parse(TWO_CONVS)
    before = Session(model).run(samples(model)[0])
    quantized(model)
    after = Session(model).run(samples(model)[0])
    assert all((before[k] == after[k]).all() for k in before)
    assert model.main.inputs[0].dtype == DType.FLOAT32


def test_ranges_that_the_float_file_recorded_are_forgotten() -> None:
    model = parse(TWO_CONVS.replace("float32[1,6,6,3]", "float32[1,6,6,3] <min=0.0, max=255.0>"))
    result, _ = quantized(model)
    (inner,) = result.report.inputs
    assert inner.scale == pytest.approx(2 / 255, rel=0.02)
    assert result.model.main.inputs[0].quant is None


def test_metadata_about_the_float_operators_is_dropped_and_noted() -> None:
    model = parse(TWO_CONVS)
    model.metadata = [Metadata("min_runtime_version", Buffer(np.frombuffer(b"1.5.0", np.uint8)))]
    result, _ = quantized(model)
    assert result.model.metadata == []
    assert result.report.notes == [
        "metadata 'min_runtime_version' was dropped: it is about the operators of the float model"
    ]


def test_a_path_is_no_model() -> None:
    model = parse(TWO_CONVS)
    for call in (
        lambda: intact.calibrate("model.tflite", []),
        lambda: intact.quantize("model.tflite", None),
        lambda: intact.compare(model, "model.tflite", []),
        lambda: intact.inspect("model.tflite"),
    ):
        with pytest.raises(
            intact.UsageError, match=r"a str was given; expected a Model\. intact.load\(path\) reads one"
        ):
            call()
    with pytest.raises(intact.UsageError, match="a str was given; expected a Ranges"):
        intact.quantize(model, "ranges.json")
