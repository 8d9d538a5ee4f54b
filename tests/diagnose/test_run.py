import numpy as np
import pytest

import intact
from digits import int8, sample
from intact.diagnose.run import pixels_of
from intact.errors import UncoveredError, UsageError
from intact.ir.text import parse


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
