"""The main job end to end: a float model in, an integer model out that LiteRT runs and that is close."""

import numpy as np
import pytest

import intact
from intact.diagnose.compare import compare
from intact.engines.litert import RESOLVERS, Session
from intact.ir.graph import Buffer
from intact.ir.model import Metadata, Model
from intact.ir.text import parse
from intact.ir.types import DType
from intact.ir.verify import verify
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
        intact.QuantError, match=r"1 operators would stay in float: SIN: LiteRT has no integer kernel for it; expected"
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


def test_an_input_that_is_an_output_is_left_alone() -> None:
    model = parse(
        """graph main(%x: float32[1,4]) -> (%x, %y) {
          %w = const float32[4,4] random(0)
          %y = FULLY_CONNECTED(%x, %w, none)
        }"""
    )
    for input_type in ("float32", "int8"):
        result, _ = quantized(model, input_type=input_type)
        assert result.model.main.inputs[0].dtype == DType.FLOAT32


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
    with pytest.raises(intact.UsageError, match="a NoneType was given; expected a Ranges"):
        intact.quantize(model, None)
