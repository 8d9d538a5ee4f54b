"""Recipes at work: each kind on a network, scopes that make exceptions, and the borders between them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import intact
from intact.diagnose.compare import compare
from intact.engines.litert import RESOLVERS, Session
from intact.ir.graph import Node
from intact.ir.model import Model
from intact.ir.text import parse
from intact.ir.types import DType
from intact.quantizer.recipe import RECIPES, Recipe
from intact.quantizer.report import Quantized
from intact.quantizer.scope import Scope
from intact.quantizer.treatment import Treatment

NET = """graph main(%x: float32[1,8,8,4]) -> (%probabilities) {
  %w1 = const float32[16,3,3,4] random(1)
  %b1 = const float32[16] random(2)
  %stem = CONV_2D(%x, %w1, %b1) {stride_h=1, stride_w=1}
  %stem/relu = RELU(%stem)
  %w2 = const float32[1,3,3,16] random(3)
  %depth = DEPTHWISE_CONV_2D(%stem/relu, %w2, %b1) {stride_h=1, stride_w=1, depth_multiplier=1}
  %sum = ADD(%depth, %stem/relu)
  %pool = MAX_POOL_2D(%sum) {stride_h=4, stride_w=4, filter_height=4, filter_width=4}
  %flat = RESHAPE(%pool) {new_shape=[1, 64]}
  %w3 = const float32[32,64] random(4)
  %head/dense = FULLY_CONNECTED(%flat, %w3, none)
  %small = const float32[] [0.01]
  %logits = MUL(%head/dense, %small)
  %probabilities = SOFTMAX(%logits) {beta=1.0}
}"""
FLOATS = ["dynamic-range", "weight-only", "weight-only-int4", "weight-only-int4-block32", "float16"]


def net() -> Model:
    return parse(NET)


def samples(model: Model, count: int = 6) -> list[dict[str, np.ndarray]]:
    rng = np.random.default_rng(0)
    return [
        {p.name: rng.uniform(-1, 1, p.type.shape).astype(np.float32) for p in Session(model).inputs}
        for _ in range(count)
    ]


MODEL = net()
DATA = samples(MODEL)
RANGES = intact.calibrate(MODEL, DATA, isolate=False)


def quantized(recipe: str | Recipe, **options: object) -> tuple[Quantized, float]:
    """The result, and the SQNR of its worst output under the worst kernel set."""
    result = intact.quantize(MODEL, RANGES, recipe=recipe, **options)
    worst = min(o.measures.sqnr for r in RESOLVERS for o in compare(MODEL, result.model, DATA, resolver=r).outputs)
    return result, worst


def with_scopes(base: str, *scopes: Scope) -> Recipe:
    return Recipe("mine", RECIPES[base].base, scopes)


def node(result: Quantized, opcode: str) -> Node:
    (found,) = (n for n in result.model.main.nodes if n.op.name == opcode)
    return found


def types(result: Quantized) -> dict[str, DType]:
    """The type of what each operator makes that is neither QUANTIZE nor DEQUANTIZE."""
    nodes = [n for n in result.model.main.nodes if n.op.name not in ("QUANTIZE", "DEQUANTIZE")]
    return {n.op.name: n.outputs[0].dtype for n in nodes}


@pytest.mark.parametrize(("recipe", "lowest"), [("int8", 30), ("int8-per-tensor", 28), ("uint8", 28), ("int16x8", 38)])
@pytest.mark.parametrize("port", ["float32", "int8", "uint8", "int16"])
def test_integer_recipes_with_ports_of_every_type(recipe: str, lowest: float, port: str) -> None:
    result, worst = quantized(recipe, input_type=port, output_type=port, require_integer=True)
    graph = result.model.main
    assert {v.dtype.value for v in (*graph.inputs, *graph.outputs)} == {port}
    assert [v.name for v in (*graph.inputs, *graph.outputs)] == ["x", "probabilities"]
    assert result.report.kind.compute == "integer"
    assert worst > (20 if "int8" in port else lowest), "8 bits at the border are 8 bits"
    assert {item.became for item in result.report.operators} == {RECIPES[recipe].base.describe}
    assert {item.by for item in result.report.operators} == {f"recipe {recipe}"}
    (contract,) = result.report.inputs
    if port == "int16":
        assert (contract.zero_point, contract.low, contract.high) == (0, -32768, 32767)


def test_uint8_is_as_the_runtimes_of_its_time_read_it() -> None:
    result, _ = quantized("uint8", input_type="uint8", output_type="uint8")
    for _, _, one in result.model.nodes():
        assert one.version == 1
        assert all(v.quant is None or v.quant.scale.size <= 1 for v in one.data)
    weights = node(result, "CONV_2D").inputs[1]
    assert weights is not None
    assert weights.array is not None
    assert weights.quant is not None
    assert (weights.dtype, weights.array.min(), weights.array.max()) == (DType.UINT8, 1, 255)
    assert 1 < weights.quant.zero_point[0] < 255
    dense = node(result, "FULLY_CONNECTED")
    assert [v.dtype for v in dense.inputs if v is not None] == [DType.UINT8, DType.UINT8, DType.INT32]


def test_int16_is_symmetric_and_accumulates_in_64_bits() -> None:
    result, _ = quantized("int16x8")
    for one in result.model.main.nodes:
        for value in one.data:
            if value.dtype == DType.INT16:
                assert value.quant is not None
                assert not value.quant.zero_point.any()
    for opcode in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
        assert [v.dtype for v in node(result, opcode).inputs if v is not None][1:] == [DType.INT8, DType.INT64]
    assert node(result, "ADD").op.pot_scale_int16 is False


@pytest.mark.parametrize("recipe", FLOATS)
def test_recipes_of_floats_need_no_data(recipe: str) -> None:
    model = net()
    result = intact.quantize(model, recipe=recipe)
    became = {item.output: item.became for item in result.report.operators}
    assert became["head/dense"].startswith(recipe.removesuffix("-int4-block32").removesuffix("-int4"))
    assert became["sum"] == "float"
    assert result.report.kind.compute == ("hybrid" if recipe == "dynamic-range" else "float")
    found = compare(model, result.model, samples(model))
    assert found.outputs[-1].measures.sqnr > (10 if "int4" in recipe else 25)


def test_hybrid_operators_read_their_weights_themselves() -> None:
    result = intact.quantize(net(), recipe=Recipe("mine", Treatment("dynamic-range", min_elements=1)))
    assert {n.op.name for n in result.model.main.nodes} == set(types(result))
    dense, conv = node(result, "FULLY_CONNECTED"), node(result, "CONV_2D")
    assert (dense.version, conv.version, node(result, "DEPTHWISE_CONV_2D").version) == (12, 5, 6)
    assert dense.op.asymmetric_quantize_inputs
    assert conv.inputs[1] is not None
    assert conv.inputs[1].dtype == DType.INT8
    assert conv.inputs[1].quant is not None
    assert conv.inputs[1].quant.scale.size == 16
    assert result.report.kind.quantization == "dynamic range (int8 weights, per-channel)"


def test_weights_below_the_size_that_pays_are_left_and_listed() -> None:
    result = intact.quantize(net(), recipe="dynamic-range")
    assert {(item.output, item.reason) for item in result.report.left} == {
        ("stem/relu", "its weights have fewer than 1024 elements"),
        ("depth", "its weights have fewer than 1024 elements"),
    } or {item.op for item in result.report.left} == {"CONV_2D", "DEPTHWISE_CONV_2D"}


def test_blocks_are_rows_that_a_reshape_puts_together() -> None:
    result = intact.quantize(net(), recipe="weight-only-int4-block32")
    (unpacked,) = (n for n in result.model.main.nodes if n.op.name == "DEQUANTIZE")
    stored = unpacked.inputs[0]
    assert stored is not None
    assert stored.quant is not None
    assert (stored.dtype, stored.shape, stored.quant.scale.size) == (DType.INT4, (64, 32), 64)
    assert [reader.op.name for reader, _ in unpacked.outputs[0].uses] == ["RESHAPE"]


def test_what_float16_cannot_hold_stays_float32() -> None:
    text = """graph main(%x: float32[1,256]) -> (%y, %z) {{
      %a = const float32[256] [{}]
      %y = ADD(%x, %a)
      %b = const float32[256] random(1)
      %z = MUL(%x, %b)
    }}"""
    for number, reason in (
        (1e5, "its constants reach 1e+05, beyond float16"),
        (1e-9, "its constants hold numbers that float16 makes zero"),
    ):
        model = parse(text.format(", ".join(["1.0"] * 255 + [str(number)])))
        result = intact.quantize(model, recipe="float16")
        assert [(item.op, item.reason) for item in result.report.left] == [("ADD", reason)]


def test_a_weight_that_is_not_finite_is_refused() -> None:
    model = parse(
        "graph main(%x: float32[1,1024]) -> (%y) {"
        f"%w = const float32[1,1024] [{', '.join(['nan'] * 1024)}]\n"
        "%y = FULLY_CONNECTED(%x, %w, none) }"
    )
    for recipe in ("weight-only", "dynamic-range"):
        with pytest.raises(intact.QuantError, match="weight 'w' of FULLY_CONNECTED holds NaN or infinity"):
            intact.quantize(model, recipe=recipe)


def test_recipes_of_floats_cannot_be_integer() -> None:
    message = "9 operators would stay in float: 1 computes on floats by the recipe"
    with pytest.raises(intact.QuantError, match=message):
        intact.quantize(net(), recipe="weight-only", require_integer=True)


def test_ranges_that_are_needed_and_not_given() -> None:
    with pytest.raises(intact.QuantError, match=r"no ranges are given, and int8 needs them; .*--data.*\[E403\]"):
        intact.quantize(net())
    with pytest.raises(intact.QuantError, match="no ranges are given, and integer inputs and outputs need them"):
        intact.quantize(net(), recipe="float16", input_type="int8")


@pytest.mark.parametrize("recipe", ["int8", "uint8", "int16x8"])
@pytest.mark.parametrize("opcode", ["ADD", "SUB"])
def test_sums_that_cancel_get_a_scale_that_kernels_take(recipe: str, opcode: str) -> None:
    model = parse(f"graph main(%x: float32[4], %y: float32[4]) -> (%z) {{ %z = {opcode}(%x, %y) }}")
    ones = np.ones(4, np.float32)
    data = [{"x": ones, "y": -ones if opcode == "ADD" else ones}, {"x": ones * 1e-6, "y": ones * 0}]
    result = intact.quantize(model, intact.calibrate(model, data, isolate=False), recipe=recipe)
    assert any("kernels take no finer one" in note for note in result.report.notes)
    for resolver in RESOLVERS:
        Session(result.model, resolver=resolver).run(data[0])


def test_a_recipe_that_changes_nothing_is_refused() -> None:
    with pytest.raises(intact.QuantError, match=r"recipe float leaves every operator as it is; .*\[E405\]"):
        intact.quantize(net(), recipe="float")
    with pytest.raises(intact.QuantError, match=r"can be quantized by recipe weight-only: none has weights"):
        intact.quantize(parse("graph main(%x: float32[4]) -> (%y) { %y = RELU(%x) }"), recipe="weight-only")


def test_floats_within_integer_ports() -> None:
    result, worst = quantized("float16", input_type="int8", output_type="int16")
    assert [v.dtype for v in (*result.model.main.inputs, *result.model.main.outputs)] == [DType.INT8, DType.INT16]
    assert worst > 25


def test_the_last_scope_that_matches_decides() -> None:
    everything = Scope(Treatment("float"), patterns=("*",), label="all")
    dense = Scope(Treatment("int8"), operators=("fully_connected",), label="dense")
    assert types(quantized(with_scopes("int16x8", everything, dense))[0])["FULLY_CONNECTED"] == DType.INT8
    with pytest.raises(intact.QuantError, match="no operator of the model can become integer"):
        quantized(with_scopes("int16x8", dense, everything))


def test_one_operator_all_but_one_and_one_type() -> None:
    result, worst = quantized(with_scopes("float", Scope(Treatment("int8"), indices=((0, 0),))))
    assert [n for n, t in types(result).items() if t == DType.INT8] == ["CONV_2D"]
    assert worst > 30
    result, worst = quantized(with_scopes("int8", Scope(Treatment("float"), operators=("DEPTHWISE_CONV_2D",))))
    assert [n for n, t in types(result).items() if t == DType.FLOAT32] == ["DEPTHWISE_CONV_2D"]
    assert [(item.op, item.reason) for item in result.report.left] == [
        ("DEPTHWISE_CONV_2D", "the recipe leaves it in float")
    ]
    assert worst > 30
    result, _ = quantized(with_scopes("float", Scope(Treatment("int8"), operators=("ADD",))))
    assert [n for n, t in types(result).items() if t == DType.INT8] == ["ADD"], "named, so not left beside floats"


def test_types_meet_at_quantize_operators() -> None:
    scopes = [
        Scope(Treatment("int16x8"), operators=("ADD",), label="sums"),
        Scope(RECIPES["uint8"].base, operators=("FULLY_CONNECTED",), label="dense"),
        Scope(Treatment("int16x8"), operators=("SOFTMAX",), label="last"),
    ]
    result, worst = quantized(with_scopes("int8", *scopes), require_integer=True)
    found = types(result)
    assert (found["ADD"], found["FULLY_CONNECTED"], found["SOFTMAX"]) == (DType.INT16, DType.UINT8, DType.INT16)
    assert worst > 25
    assert {item.by for item in result.report.operators} == {
        "recipe mine",
        "scope 1 (sums)",
        "scope 2 (dense)",
        "scope 3 (last)",
    }
    assert result.report.kind.quantization == "int16x8 and int8 and uint8 per-channel"


def test_int16_becomes_uint8_by_way_of_int8() -> None:
    scopes = [Scope(RECIPES["uint8"].base, operators=("FULLY_CONNECTED",))]
    result, worst = quantized(with_scopes("int16x8", *scopes), require_integer=True)
    dense = node(result, "FULLY_CONNECTED")
    assert dense.inputs[0] is not None
    path, value = [], dense.inputs[0]
    while value.producer is not None and value.producer.op.name == "QUANTIZE":
        path.append(value.dtype)
        assert value.producer.inputs[0] is not None
        value = value.producer.inputs[0]
    assert [*path, value.dtype] == [DType.UINT8, DType.INT8, DType.INT16]
    assert worst > 25


def test_integers_hybrids_and_stored_weights_in_one_model() -> None:
    scopes = [
        Scope(Treatment("dynamic-range", min_elements=1), operators=("DEPTHWISE_CONV_2D",)),
        Scope(Treatment("weight-only", DType.INT4, min_elements=1), patterns=("head/*",)),
    ]
    result, worst = quantized(with_scopes("int8", *scopes))
    became = {item.output: item.became for item in result.report.operators}
    assert became["depth"] == "dynamic-range int8 per-channel"
    assert became["head/dense"] == "weight-only int4 per-channel"
    assert became["stem/relu"] == "int8 per-channel"
    assert worst > 15


def test_what_would_be_fused_is_kept_apart_where_scopes_part_it() -> None:
    fused, _ = quantized("int8")
    assert "RELU" not in types(fused)
    parted, worst = quantized(with_scopes("int8", Scope(Treatment("float"), patterns=("stem/relu",))))
    assert (types(parted)["CONV_2D"], types(parted)["RELU"]) == (DType.INT8, DType.FLOAT32)
    assert worst > 30


def test_granularity_of_one_operator() -> None:
    result, _ = quantized(with_scopes("int8", Scope(Treatment("int8", per_channel=False), operators=("CONV_2D",))))
    sizes = {n: node(result, n).inputs[1].quant.scale.size for n in ("CONV_2D", "DEPTHWISE_CONV_2D")}
    assert sizes == {"CONV_2D": 1, "DEPTHWISE_CONV_2D": 16}


@pytest.mark.parametrize(
    ("scope", "hint"),
    [
        ({"operators": ("CONV2D",)}, "Perhaps 'CONV_2D' is meant"),
        ({"operators": ("LSTM",)}, "The model's operators are ADD, CONV_2D, DEPTHWISE_CONV_2D"),
        ({"patterns": ("head/dens",)}, "Perhaps '*head/dens*' is meant; a pattern is matched against the whole name"),
        ({"patterns": ("haed/*",)}, "The nearest name is 'head/dense'; a pattern is matched against the whole name"),
        ({"indices": ((9, 12),)}, "Its operators are numbered 0 to 8 in graph 0"),
        ({"operators": ("ADD",), "graph": 3}, "The model has graphs 0 to 0"),
        ({"operators": ("ADD",), "indices": ((0, 0),)}, "Each of its selectors matches operators"),
    ],
)  # fmt: skip
def test_a_scope_that_matches_nothing_is_an_error_with_what_is_nearest(scope: dict[str, object], hint: str) -> None:
    with pytest.raises(intact.QuantError) as caught:
        intact.quantize(net(), recipe=with_scopes("float16", Scope(Treatment("float"), label="it", **scope)))
    assert str(caught.value).startswith(f"mine: scope 1 (it) matches no operator of the model. {hint}")
    assert caught.value.code == "E407"


@pytest.mark.parametrize(
    ("scope", "problem"),
    [
        ({"operators": ("CONV_2D", "ADDD")}, "operator 'ADDD' matches no operator of the model. Perhaps 'ADD'"),
        ({"indices": ((0, 0), (500, 500))}, "index 500 matches no operator of the model. Its operators are numbered"),
        ({"indices": ((0, 0), (20, 30))}, "index 20-30 matches no operator of the model. Its operators"),
        ({"patterns": ("head/*", "nonexistent*")}, "name 'nonexistent*' matches no operator of the model. The nearest"),
        ({"operators": ("ADD", "CONV2D"), "patterns": ("*",)}, "operator 'CONV2D' matches no operator of the model"),
    ],
)  # fmt: skip
def test_each_word_of_a_scope_matches_something(scope: dict[str, object], problem: str) -> None:
    with pytest.raises(intact.QuantError) as caught:
        intact.quantize(net(), recipe=with_scopes("float16", Scope(Treatment("float"), label="it", **scope)))
    assert str(caught.value).startswith(f"mine: scope 1 (it): {problem}")
    assert caught.value.code == "E407"


def test_a_scope_that_later_ones_override_is_noted() -> None:
    first = Scope(Treatment("float"), operators=("CONV_2D",), label="first")
    second = Scope(Treatment("float"), patterns=("*",), label="second")
    said = "scope 1 (first) decides on no operator: later scopes match all that it does"
    assert said in intact.quantize(net(), recipe=with_scopes("float16", first, second_but_dense(second))).report.notes
    other = intact.quantize(net(), recipe=with_scopes("float16", second_but_dense(second), first)).report.notes
    assert not [note for note in other if "decides on no" in note]


def second_but_dense(scope: Scope) -> Scope:
    """All convolutions, and no dense layer, so that something is left to quantize."""
    return replace(scope, patterns=(), operators=("CONV_2D", "DEPTHWISE_CONV_2D"))


@pytest.mark.parametrize(
    ("selectors", "problem"),
    [
        ({"operators": "SOFTMAX"}, r"operators is 'SOFTMAX'; expected a tuple of texts, such as \('SOFTMAX',\)"),
        ({"patterns": ["*"]}, r"patterns is \['\*'\]; expected a tuple of texts"),
        ({"indices": (3,)}, r"indices is \(3,\); expected a tuple of pairs, such as \(\(0, 3\),\)"),
    ],
)
def test_selectors_are_tuples(selectors: dict[str, object], problem: str) -> None:
    with pytest.raises(intact.UsageError, match=problem):
        Scope(Treatment("float"), **selectors)


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"block_size": 32, "weight_observer": "mse"}, "blocks of 32 are given with the weight observer 'mse'"),
        ({"weight_observer": "mes"}, "mes"),
        ({"weight_observer": "moving-average"}, "counts samples, and weights have none"),
    ],
)
def test_a_treatment_is_what_a_file_may_say(settings: dict[str, object], problem: str) -> None:
    with pytest.raises(intact.UsageError, match=problem):
        Treatment("weight-only", **settings)


def test_a_recipe_file_by_the_command(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("recipe: float16\nscopes:\n - name: head/*\n   recipe: dynamic-range\n")
    result = intact.quantize(net(), recipe=tmp_path / "mine.yaml")
    assert {item.output: item.became for item in result.report.operators}[
        "head/dense"
    ] == "dynamic-range int8 per-channel"


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(sorted(RECIPES)),
    st.dictionaries(st.integers(0, 8), st.sampled_from(sorted(RECIPES)), max_size=6),
    st.sampled_from(sorted(RESOLVERS)),
)
def test_any_mixture_runs_and_is_close(base: str, exceptions: dict[int, str], resolver: str) -> None:
    scopes = tuple(
        Scope(replace(RECIPES[name].base, min_elements=1), indices=((i, i),)) for i, name in exceptions.items()
    )
    recipe = Recipe("mine", RECIPES[base].base, scopes)
    try:
        result = intact.quantize(MODEL, RANGES, recipe=recipe)
    except intact.QuantError as fault:
        assert fault.code == "E405"
        return
    found = compare(MODEL, result.model, DATA, resolver=resolver).outputs[0]
    assert found.measures.sqnr > 8
    assert all(item.by for item in result.report.operators)


@pytest.mark.parametrize("profile", ["litert-reference", "litert-optimized", "litert-xnnpack"])
@pytest.mark.parametrize("recipe", sorted(set(RECIPES) - {"float"}))
def test_the_exact_engine_runs_what_recipes_make(recipe: str, profile: str) -> None:
    small = Recipe(recipe, replace(RECIPES[recipe].base, min_elements=1))
    found = intact.certify(intact.quantize(MODEL, RANGES, recipe=small).model, profile, count=2, isolate=False)
    assert (found.differing, found.gaps) == (0, [])
    assert found.values


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "int9"}, "there is no kind 'int9' of quantization"),
        ({"kind": "int8", "weight": DType.INT4}, "int8 has weights of int4; expected int8"),
        ({"kind": "uint8"}, "uint8 has weights of int8; expected uint8"),
        ({"kind": "int8", "block_size": 32}, "int8 has blocks of 32"),
        ({"kind": "weight-only", "block_size": 32, "per_channel": False}, "weight-only has blocks of 32"),
    ],
)  # fmt: skip
def test_treatments_that_there_are_not(options: dict[str, object], message: str) -> None:
    with pytest.raises(intact.UsageError, match=message):
        intact.Treatment(**options)


def test_scopes_have_observers_of_their_own() -> None:
    model = net()
    data = samples(model)
    scopes = [Scope(Treatment("int8"), operators=("ADD",), observer="percentile", label="sums")]
    recipe = Recipe("mine", Treatment("int8"), tuple(scopes), observer="mse")
    ranges = intact.calibrate(model, data, recipe=recipe, isolate=False)
    by_name = {entry.name: entry.observer for entry in ranges.entries.values()}
    assert by_name.pop("sum") == "percentile"
    assert set(by_name.values()) == {"mse"}
    spread = intact.calibrate(model, data, recipe=recipe, workers=3, isolate=False)
    assert spread == ranges
    given = intact.calibrate(model, data, recipe=recipe, observe="min-max", isolate=False)
    assert {entry.observer for entry in given.entries.values()} == {"min-max", "percentile"}
    assert compare(model, intact.quantize(model, ranges, recipe=recipe).model, data).outputs[0].measures.sqnr > 25


def test_calibration_refuses_a_scope_that_matches_nothing_before_it_runs() -> None:
    recipe = with_scopes("int8", Scope(Treatment("float"), operators=("LSTM",), label="it"))
    with pytest.raises(intact.QuantError, match=r"scope 1 \(it\) matches no operator of the model"):
        intact.calibrate(net(), [], recipe=recipe)
