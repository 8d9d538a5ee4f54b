from typing import Any

import numpy as np
import pytest

import intact
import recurrent
from command import DEADLY
from digits import int8, sample
from intact.data.described_model import pixels_of
from intact.errors import DataError, EngineError, IntactError, UncoveredError, UsageError
from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.text import parse
from intact.ir.types import DType, QuantParams, TensorType
from intact.ops.attributes import FusedActivation
from intact.ops.dequantize import Dequantize
from intact.ops.svdf import Svdf
from intact.ops.variables import AssignVariable, ReadVariable, VarHandle
from integer import Codes, Constant
from recurrent import Recurrent


def test_engines_agree_and_reals_are_quantized() -> None:
    image = sample()
    ours = intact.run(int8(), {"image": image})
    theirs = intact.run(int8(), {"image": image}, engine="litert")
    assert (ours.engine, theirs.engine) == ("exact", "litert")
    assert ours.outputs[0].stored.tobytes() == theirs.outputs[0].stored.tobytes()
    stored = np.clip(np.round(image * 255) - 128, -128, 127).astype(np.int8)
    assert intact.run(int8(), {"image": stored}).outputs[0].stored.tobytes() == ours.outputs[0].stored.tobytes()
    output = ours.outputs[0]
    np.testing.assert_array_equal(output.real, (output.stored.astype(np.float32) + 128) / np.float32(256))
    index, real, label = output.top(1)[0]
    assert (index, label) == (int(output.stored.argmax()), "")
    assert real == output.real.max()


def test_a_float_model_runs_on_litert() -> None:
    model = parse("graph main(%x: float32[1,4]) -> (%y) {\n %y = RELU(%x)\n}")
    found = intact.run(model, {"x": np.array([[-1, 2, -3, 4]])})
    assert found.engine == "litert"
    assert found.outputs[0].stored.tolist() == [[0, 2, 0, 4]]


@pytest.mark.parametrize("engine", ["exact", "litert"])
def test_a_dump_holds_every_tensor(engine: str) -> None:
    model = int8()
    found = intact.run(model, {"image": sample()}, engine=engine, dump=True)
    assert set(found.tensors) == set(range(len(model.main.values)))
    for index, value in enumerate(model.main.values):
        assert found.tensors[index].dtype == value.dtype.numpy
        assert found.tensors[index].shape == value.shape


def test_dumps_of_both_engines_are_equal() -> None:
    dumps = [intact.run(int8(), {"image": sample()}, engine=e, dump=True).tensors for e in ("exact", "litert")]
    assert all(dumps[0][i].tobytes() == dumps[1][i].tobytes() for i in dumps[0])


def test_pixels_by_the_contract() -> None:
    pixels = pixels_of(int8().main.inputs[0])
    assert pixels is not None
    assert (pixels.mean, pixels.std) == (0, pytest.approx(255))
    behind = pixels_of(int8("float32", "float32").main.inputs[0])
    assert behind == pixels
    plain = parse("graph main(%x: float32[1,4]) -> (%y) {\n %y = RELU(%x)\n}")
    assert pixels_of(plain.main.inputs[0]) is None


def test_what_cannot_be_run() -> None:
    with pytest.raises(UsageError, match="there is no engine 'fast'; expected exact or litert"):
        intact.run(int8(), {"image": sample()}, engine="fast")
    with pytest.raises(UsageError, match="input 'image' was given nothing"):
        intact.run(int8(), {})
    with pytest.raises(UsageError, match="there is no input 'picture'"):
        intact.run(int8(), {"image": sample(), "picture": sample()})
    with pytest.raises(UsageError, match="profile cmsis-nn is not of LiteRT"):
        intact.run(int8(), {"image": sample()}, engine="litert", profile="cmsis-nn")


def test_operators_that_are_not_covered_are_named_before_anything_runs() -> None:
    model = parse(
        """graph main(%x: int8[1,4] <scale=0.1, zero_point=0>) -> (%y) {
          %y: int8[1,4] <scale=0.1, zero_point=0> = UNKNOWN(%x) {code="CUSTOM", custom_code="Mine"}
        }"""
    )
    with pytest.raises(
        UncoveredError, match=r"1 operator has no exact integers here: node 0 CUSTOM:Mine 'y'"
    ) as caught:
        intact.run(model, {"x": np.zeros((1, 4), np.int8)})
    assert caught.value.code == "E504"


@pytest.mark.parametrize("engine", ["exact", "litert"])
@pytest.mark.parametrize(
    ("inputs", "error"),
    [
        ({"image": np.full((1, 8, 8, 1), np.nan)}, "64 of 64 numbers are NaN or infinite"),
        ({"image": np.full((1, 8, 8, 1), np.float32(np.inf))}, "64 of 64 numbers are NaN or infinite"),
        ({"image": np.zeros((2, 8, 8, 1), np.int8)}, "was given the shape [2, 8, 8, 1]; expected "),
        ({"image": np.zeros((8, 8))}, "was given the shape [8, 8]; expected "),
        ({"image": None}, "input 'image' is None; expected an array. [E303]"),
        (
            {"image": np.full((1, 8, 8, 1), "a")},
            "input 'image' is given <U1; expected numbers that become int8. [E303]",
        ),
        ({"image": np.full((1, 8, 8, 1), 1, object)}, "input 'image' is given object; expected numbers"),
        ({"image": [[1, 2], [3]]}, "input 'image' is no array ("),
        (np.zeros((1, 8, 8, 1), np.int8), "the inputs are a ndarray; expected a mapping with arrays for image. [E003]"),
        (None, "the inputs are a NoneType; expected a mapping with arrays for image. [E003]"),
    ],
)
def test_inputs_that_are_none(engine: Any, inputs: Any, error: str) -> None:
    with pytest.raises(IntactError) as caught:
        intact.run(int8(), inputs, engine=engine)
    assert error in str(caught.value)
    assert isinstance(caught.value, UsageError if caught.value.code in ("E003", "E302") else DataError)


def test_numbers_of_the_inputs_own_type_are_taken_as_they_are() -> None:
    model = parse("graph main(%x: float32[1,2]) -> (%y) {\n %y = RELU(%x)\n}")
    assert intact.run(model, {"x": np.array([[np.inf, -np.inf]], np.float32)}).outputs[0].stored.tolist() == [
        [np.inf, 0]
    ]
    plain = parse(
        """graph main(%x: int16[1,2] <scale=0.1, zero_point=0>) -> (%y) {
          %y: int16[1,2] <scale=0.1, zero_point=0> = RELU(%x)
        }"""
    )
    assert intact.run(plain, {"x": np.array([[300, -5]], ">i2")}).outputs[0].stored.tolist() == [[300, 0]]


def test_a_profile_that_is_none() -> None:
    with pytest.raises(UsageError, match="the profile is None"):
        intact.run(int8(), {"image": sample()}, profile=None)  # type: ignore[arg-type]


SIGNED = """graph main(%x: int8[1,4] <scale=0.1, zero_point=0>) -> (%y) {
  %y: int8[1,4] <scale=0.1, zero_point=0> = RELU(%x)
}
graph other(%u: int8[1,2] <scale=0.1, zero_point=0>, %v: int8[1,2] <scale=0.1, zero_point=0>) -> (%s, %d) {
  %s: int8[1,2] <scale=0.1, zero_point=0> = ADD(%u, %v)
  %d: int8[1,2] <scale=0.1, zero_point=0> = SUB(%u, %v)
}
signature first of main(x=%x) -> (y=%y)
signature second of other(left=%u, right=%v) -> (sum=%s, difference=%d)
signature third of other(a=%u, b=%v) -> (more=%s, less=%d)
"""


@pytest.mark.parametrize("engine", ["exact", "litert"])
def test_another_entry_point(engine: Any) -> None:
    model = parse(SIGNED, "signed")
    one, two = np.array([[5, 7]], np.int8), np.array([[1, 2]], np.int8)
    for key, inputs, names in (
        ("second", {"right": two, "left": one}, ["sum", "difference"]),
        ("third", {"a": one, "b": two}, ["more", "less"]),
    ):
        found = intact.run(model, inputs, engine=engine, signature=key, dump=True)
        assert [o.name for o in found.outputs] == names
        assert [o.stored.tolist() for o in found.outputs] == [[[6, 9]], [[4, 5]]]
        assert {i: a.tolist() for i, a in found.tensors.items()} == {0: [[5, 7]], 1: [[1, 2]], 2: [[6, 9]], 3: [[4, 5]]}
    with pytest.raises(
        UsageError, match=r"signed: there is no signature 'fourth'; expected one of first, second, third"
    ):
        intact.run(model, {"x": one}, engine=engine, signature="fourth")
    with pytest.raises(UsageError, match="input 'left' was given nothing"):
        intact.run(model, {"a": one, "b": two}, engine=engine, signature="second")


def remembers() -> Model:
    """One SVDF filter with a state, and beside it a float one, which runs on LiteRT."""
    state = [
        Codes((1, 1), "int8", 0.5),
        Constant(np.array([[2]], np.int8), 0.5),
        Constant(np.array([[1, 2, 3]], np.int16), 1.0),
        Constant(np.array([0], np.int32), 0.25),
        recurrent.State((1, 3), "int16", 0.25),
    ]
    svdf = Svdf(fused_activation_function=FusedActivation.RELU)
    model = Recurrent(svdf, state, Codes((), "int8", 1.0, 0), runs=1).model()
    graph = model.main
    (x,) = graph.inputs
    real = graph.add_value(Value("real", TensorType(DType.FLOAT32, (1, 1))))
    graph.add_node(Node(Dequantize(), [x], [real], version=2))
    ones = [graph.add_value(Value.constant(f"ones{n}", np.ones((1, n), np.float32))) for n in (1, 3)]
    held = graph.add_value(Value("held", TensorType(DType.FLOAT32, (1, 3))))
    held.is_variable = True
    graph.outputs = [*graph.outputs, *graph.emit(Svdf(rank=1), [real, *ones, None, held], "z")]
    return model


def keeps() -> Model:
    """y = x, by way of a variable."""
    coded = TensorType(DType.INT8, (1, 3), quant=QuantParams.per_tensor(0.1, 3))
    graph = Graph()
    x, y = (graph.add_value(Value(name, coded)) for name in "xy")
    (handle,) = graph.emit(VarHandle(shared_name="state"), [], "handle")
    graph.add_node(Node(AssignVariable(), [handle, x], []))
    graph.add_node(Node(ReadVariable(), [handle], [y]))
    graph.inputs, graph.outputs = [x], [y]
    return Model(graphs=[graph])


@pytest.mark.parametrize("profile", ["litert-reference", "litert-xnnpack"])
def test_variables_are_dumped_as_the_run_left_them(profile: str) -> None:
    model = remembers()
    x = {"x0": np.array([[5]], np.int8)}
    exact, litert = (intact.run(model, x, engine=e, profile=profile, dump=True) for e in ("exact", "litert"))
    assert exact.left_out == litert.left_out
    held = [i for i, v in enumerate(model.main.values) if v.is_variable]
    assert len(held) == 2
    assert set(held) <= set(exact.tensors)
    assert set(exact.tensors) == set(litert.tensors)
    assert all(exact.tensors[i].tobytes() == litert.tensors[i].tobytes() for i in exact.tensors)
    assert all(exact.tensors[i].any() for i in held)


def test_handles_are_no_tensors() -> None:
    model = keeps()
    for engine in ("exact", "litert"):
        found = intact.run(model, {"x": np.ones((1, 3), np.int8)}, engine=engine, dump=True)  # type: ignore[arg-type]
        assert set(found.left_out.values()) == {"a handle, which has no numbers"}
        assert not set(found.left_out) & set(found.tensors)
        assert len(found.left_out) + len(found.tensors) == len(model.main.values)


def test_a_model_that_kills_litert_is_an_error() -> None:
    model = parse(DEADLY, "deadly.tflite")
    inputs = {"x": np.ones((1, 4), np.float32), "n": np.full(1, -(2**31), np.int32), "d": np.full(1, -1, np.int32)}
    with pytest.raises(EngineError, match="end the whole process on this model") as caught:
        intact.run(model, inputs)
    assert caught.value.code == "E503"


def test_operators_on_litert_are_counted() -> None:
    model = parse(
        """graph main(%x: int8[1,4] <scale=0.1, zero_point=0>) -> (%y) {
          %a: float32[1,4] = DEQUANTIZE(%x)
          %b: float32[1,4] = COS(%a)
          %y: int8[1,4] <scale=0.1, zero_point=0> = QUANTIZE(%b)
        }"""
    )
    assert intact.run(model, {"x": np.zeros((1, 4), np.int8)}, engine="exact").on_litert == 1
    assert intact.run(int8(), {"image": sample()}).on_litert == 0
