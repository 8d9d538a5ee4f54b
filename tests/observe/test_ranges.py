import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from case import Case, Input, weights
from intact.errors import IntactError, QuantError, UsageError
from intact.ir.graph import Buffer, Value
from intact.ir.model import Model
from intact.ir.types import DType
from intact.observe import Range, Ranges, observer
from intact.observe.identity import Identity
from intact.ops.add import Add
from intact.ops.conv_2d import Conv2D
from intact.ops.gather import Gather
from intact.ops.softmax import Softmax


def conv(seed: int = 0) -> Model:
    model = Case(Conv2D(), [(1, 8, 8, 3), weights(4, 3, 3, 3, seed=seed), weights(4)]).model()
    model.source = "conv.tflite"
    return model


def observed(model: Model, low: float = -1.5, high: float = 0.1) -> Ranges:
    """The range of every computed value and input."""
    observers = {}
    for value in model.main.values:
        if not value.is_constant:
            observers[value] = observer("min-max")
            observers[value].update(np.array([low, high], np.float32))
    return Ranges.of(model, model.main, observers)


@pytest.fixture
def file(tmp_path):
    observed(conv()).save(tmp_path / "r.json")
    return tmp_path / "r.json"


def refusal(path, model: Model | None = None) -> str:
    with pytest.raises(IntactError) as caught:
        ranges = Ranges.load(path)
        ranges.limits(model or conv())
    return str(caught.value)


def test_only_what_was_observed_has_a_range() -> None:
    model = conv()
    output = model.main.outputs[0]
    seen = observer("min-max")
    seen.update(np.array([-2.0, 3.0, 1.0], np.float32))
    ranges = Ranges.of(model, model.main, {output: seen, model.main.inputs[0]: observer("min-max")})
    index = model.main.values.index(output)
    assert len(ranges) == 1
    assert ranges.lookup(0, index) == Range("y", -2.0, 3.0, 3)
    assert ranges.lookup(0, 0) is None
    assert ranges.limits(model) == {(0, index): (-2.0, 3.0)}


def test_the_file_is_text_that_people_read(file) -> None:
    text = file.read_text(encoding="utf-8")
    assert re.sub(r"[0-9a-f]{64}", "SHA", text) == (
        "{\n"
        ' "format": "intact ranges",\n'
        ' "version": 1,\n'
        ' "intact": "0.1.0",\n'
        ' "model": {"source": "conv.tflite", "structure": "SHA", "constants": "SHA"},\n'
        ' "samples": 0,\n'
        ' "values": [\n'
        '  {"graph": 0, "index": 0, "name": "x0", "min": -1.5, "max": 0.1, "count": 2},\n'
        '  {"graph": 0, "index": 3, "name": "y", "min": -1.5, "max": 0.1, "count": 2}\n'
        " ]\n"
        "}\n"
    )


def test_no_range_at_all(tmp_path) -> None:
    model = conv()
    Ranges.of(model, model.main, {}).save(tmp_path / "r.json")
    assert len(Ranges.load(tmp_path / "r.json")) == 0


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=2, max_size=2), st.text())
def test_floats_and_names_come_back_exactly(tmp_path_factory, limits, name) -> None:
    path = tmp_path_factory.mktemp("ranges") / "r.json"
    model = conv()
    model.main.outputs[0].name = name
    ranges = observed(model, *sorted(limits))
    ranges.save(path)
    assert Ranges.load(path) == ranges
    assert ranges.lookup(0, 3) == Range(name, *sorted(limits), 2)


def test_ranges_hold_through_a_rewrite_of_the_file(file) -> None:
    model = conv().clone()
    model.source = "elsewhere/renamed.tflite"
    model.main.values[0].meta["anything"] = 1
    assert Ranges.load(file).limits(model) == {
        (0, 0): (-1.5, float(np.float32(0.1))),
        (0, 3): (-1.5, float(np.float32(0.1))),
    }


def test_ranges_of_another_model(file) -> None:
    other = Case(Softmax(), [(1, 10)]).model()
    other.source = "softmax.tflite"
    other.main.values[0].name = "logits"
    assert refusal(file, other) == (
        "ranges of 'conv.tflite' are given for 'softmax.tflite', without tensors 'x0'; expected ranges of the same "
        "model. Record them anew: intact calibrate softmax.tflite --data DATA -o RANGES. [E402]"
    )
    other = Case(Add(), [(1, 10), (1, 10)]).model()
    for number, value in enumerate(other.main.values):
        value.name = f"other {number}"
    assert "without tensors 'x0', 'y'; expected" in refusal(file, other)


def test_ranges_of_a_model_with_the_same_names(file) -> None:
    changed = conv()
    changed.main.add_value(Value("extra", changed.main.values[0].type))
    assert "which differs in tensors or operators; expected" in refusal(file, changed)
    assert "which differs in the contents of constants; expected" in refusal(file, conv(seed=1))


def test_merging_files_is_one_calibration(tmp_path) -> None:
    model = conv()
    parts = [(-1.0, 2.0), (-3.0, 0.5), (0.0, 7.0)]
    for i, part in enumerate(parts):
        observed(model, *part).save(tmp_path / f"{i}.json")
    merged = Ranges.load(*(tmp_path / f"{i}.json" for i in range(3)))
    assert merged.lookup(0, 3) == Range("y", -3.0, 7.0, 6)
    backwards = Ranges.load(*(tmp_path / f"{i}.json" for i in (2, 1, 0)))
    assert merged == backwards


def test_merging_keeps_what_only_one_has() -> None:
    model = conv()
    both = observed(model)
    one = Ranges(both.model, {(0, 3): Range("y", -9.0, 9.0, 1)})
    expected = {(0, 0): Range("x0", -1.5, 0.1, 2), (0, 3): Range("y", -9.0, 9.0, 3)}
    assert one.merge(both).entries == both.merge(one).entries == expected
    assert list(one.merge(both).entries) == [(0, 0), (0, 3)]


def test_files_of_different_models_do_not_merge(file, tmp_path) -> None:
    observed(conv(seed=1)).save(tmp_path / "other.json")
    with pytest.raises(QuantError) as caught:
        Ranges.load(file, tmp_path / "other.json")
    assert str(caught.value) == (
        f"{tmp_path}/other.json: ranges of 'conv.tflite' and of 'conv.tflite', which differ in the contents of "
        "constants; expected ranges of one model. [E402]"
    )


NOT_RANGES = "expected what `intact calibrate` wrote. [E402]"


@pytest.mark.parametrize(
    "content, reason",
    [
        (b"", "it is not JSON: Expecting value: line 1 column 1 (char 0)"),
        (b"TFL3\xff\xfe", "it is not text in UTF-8"),
        (b"[" * 100_000, "it is JSON of a depth or with numbers that no ranges have"),
        (b'{"version": ' + b"9" * 5000 + b"}", "it is JSON of a depth or with numbers that no ranges have"),
        (b"[]", 'there is no "format": "intact ranges"'),
        (b"{}", 'there is no "format": "intact ranges"'),
        (b'{"format": "intact ranges", "version": 2}', "it has version 2, this intact reads 1"),
        (b'{"format": "intact ranges", "version": null}', "it has version null, this intact reads 1"),
        (b'{"format": "intact ranges", "version": 1}', "'model' of the file is missing"),
        (b'{"format": "intact ranges", "version": 1, "model": 3}', "'model' of the file is 3, which is no object"),
        (b'{"format": "intact ranges", "version": 1, "model": {}}', "'source' of 'model' is missing"),
    ],
)
def test_other_files(tmp_path, content, reason) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(content)
    assert refusal(path) == f"{path}: is not a file of ranges: {reason}; {NOT_RANGES}"


@pytest.mark.parametrize(
    "values, reason",
    [
        (None, "'values' of the file is null, which is no list"),
        ({}, "'values' of the file is an object, which is no list"),
        ([None], "entry 0 of 'values' is null, which is no object"),
        ([[]], "entry 0 of 'values' is a list, which is no object"),
        ([{}], "'name' of entry 0 of 'values' is missing"),
        ([{"name": "y"}], "'graph' of entry 0 of 'values' (tensor 'y') is missing"),
    ],
)
def test_values_that_are_no_list_of_entries(file, values, reason) -> None:
    content = json.loads(file.read_text(encoding="utf-8"))
    content["values"] = values
    file.write_text(json.dumps(content), encoding="utf-8")
    assert refusal(file) == f"{file}: is not a file of ranges: {reason}; {NOT_RANGES}"


Y = "entry 1 of 'values' (tensor 'y')"


@pytest.mark.parametrize(
    "change, text",
    [
        ({"min": "0"}, f"is not a file of ranges: 'min' of {Y} is \"0\", which is no number; expected"),
        ({"min": [0]}, f"is not a file of ranges: 'min' of {Y} is a list, which is no number; expected"),
        ({"count": True}, f"is not a file of ranges: 'count' of {Y} is true, which is no whole number; expected"),
        ({"index": 1.5}, f"is not a file of ranges: 'index' of {Y} is 1.5, which is no whole number; expected"),
        ({"index": -1}, f"is not a file of ranges: 'index' of {Y} is -1, which is negative; expected"),
        ({"index": 0}, "is not a file of ranges: tensor 0 'y' of graph 0 is in it twice; expected"),
        ({"name": None}, "is not a file of ranges: 'name' of entry 1 of 'values' is null, which is no text; expected"),
        ({"min": float("nan")}, "tensor 'y' has the range [nan, 0.1]; expected two finite float32 numbers"),
        ({"max": 1e39}, "tensor 'y' has the range [-1.5, 1e+39]; expected two finite float32 numbers"),
        ({"max": -2}, "tensor 'y' has the range [-1.5, -2.0]; expected two finite float32 numbers, the smaller one"),
        ({"max": 10**400}, "tensor 'y' has the range [-1.5, inf]; expected two finite float32 numbers"),
    ],
)
def test_broken_values(file, change, text) -> None:
    content = json.loads(file.read_text(encoding="utf-8"))
    content["values"][1].update(change)
    file.write_text(json.dumps(content), encoding="utf-8")
    assert f"{file}: {text}" in refusal(file)


ANEW = (
    "expected float tensors that the model computes or takes, by their own index and name. "
    "Correct or remove that entry, or record all anew: intact calibrate conv.tflite --data DATA -o RANGES. [E402]"
)


@pytest.mark.parametrize(
    "change, text",
    [
        ({"graph": 1}, "tensor 3 'y' of graph 1, but the model has 1 graph; "),
        ({"index": 99}, "tensor 99 'y' of graph 0, but the graph has 4 tensors; "),
        ({"index": 2}, "tensor 2 'y' of graph 0, but that is 'c2'; "),
        ({"name": "z" * 80}, f"tensor 3 '{'z' * 57}...' of graph 0, but that is 'y'; "),
        ({"index": 2, "name": "c2"}, "tensor 2 'c2' of graph 0, but that is a constant; "),
    ],
)
def test_entries_that_are_no_values_of_the_model(file, change, text) -> None:
    content = json.loads(file.read_text(encoding="utf-8"))
    content["values"][1].update(change)
    file.write_text(json.dumps(content), encoding="utf-8")
    assert refusal(file) == f"a range is given for {text}{ANEW}"


def test_entries_of_integers() -> None:
    model = Case(Gather(), [(5, 3), Input((2,), DType.INT32)]).model()
    ranges = Ranges(Identity.of(model), {(0, 1): Range("x1", 0, 4)})
    with pytest.raises(QuantError, match="tensor 1 'x1' of graph 0, but that is int32; expected float tensors"):
        ranges.limits(model)


def test_an_input_with_contents_is_observed() -> None:
    model = conv()
    value = model.main.inputs[0]
    value.buffer = Buffer(np.zeros(value.shape, np.float32))
    assert observed(model).limits(model).keys() == {(0, 3)}
    ranges = Ranges(Identity.of(model), {(0, 0): Range("x0", 0, 4)})
    assert ranges.limits(model) == {(0, 0): (0, 4)}


def test_paths(tmp_path) -> None:
    assert refusal(tmp_path / "r.json") == f"{tmp_path}/r.json: does not exist; expected a file. [E001]"
    assert refusal(tmp_path) == f"{tmp_path}: cannot be read (Is a directory); expected a file. [E001]"
    with pytest.raises(IntactError, match=r"r\.json: cannot be written \(No such file or directory\)\. \[E002\]"):
        observed(conv()).save(tmp_path / "none" / "r.json")


def test_ranges_replace_nothing_but_ranges(tmp_path) -> None:
    def refused(name: str) -> str:
        with pytest.raises(IntactError) as caught:
            observed(conv()).save(tmp_path / name)
        return str(caught.value).removeprefix(f"{tmp_path}/")

    is_model = "is the name of a model; expected a name for ranges, such as ranges.json. [E002]"
    assert refused("new.tflite") == f"new.tflite: {is_model}"
    assert refused("new.TFLITE") == f"new.TFLITE: {is_model}"
    for name in ("x.npz", "notes.json"):
        (tmp_path / name).write_bytes(b"something else")
        assert refused(name) == f"{name}: is there already and is no file of ranges. Choose another name. [E002]"
        assert (tmp_path / name).read_bytes() == b"something else"
    assert not (tmp_path / "new.tflite").exists()
    (tmp_path / "empty").touch()
    for name in ("empty", "r.json", "r.json"):
        observed(conv()).save(tmp_path / name)
        assert len(Ranges.load(tmp_path / name)) == 2


def test_what_is_no_path_and_no_ranges() -> None:
    ranges = observed(conv())
    for call, text in (
        (Ranges.load, "no file of ranges was named; expected one path or more. [E003]"),
        (lambda: Ranges.load(None), "a NoneType was given; expected a path, as a str or pathlib.Path. [E003]"),
        (lambda: Ranges.load(["r.json"]), "a list was given; expected a path, as a str or pathlib.Path. [E003]"),
        (lambda: ranges.save(None), "a NoneType was given; expected a path, as a str or pathlib.Path. [E003]"),
        (
            lambda: ranges.merge("r.json"),
            "a str was given; expected a Ranges. Ranges.load(path) reads them. [E003]",
        ),
    ):
        with pytest.raises(UsageError) as caught:
            call()
        assert str(caught.value) == text


def test_a_range_changed_by_hand_must_drop_its_observer(tmp_path) -> None:
    model = conv()
    seen = observer("percentile")
    seen.update(np.array([-2.0, 3.0, 1.0], np.float32))
    path = tmp_path / "r.json"
    Ranges.of(model, model.main, {model.main.outputs[0]: seen}, 1).save(path)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["samples"] == Ranges.load(path).samples == 1
    content["values"][0]["max"] = 2.5
    path.write_text(json.dumps(content), encoding="utf-8")
    assert re.search(r"max 2.5, but its observer's state says -1\.999\d+ and 2\.999\d+; for a range set", refusal(path))
    content["values"][0] = {k: content["values"][0][k] for k in ("graph", "index", "name", "min", "max", "count")}
    path.write_text(json.dumps(content), encoding="utf-8")
    assert Ranges.load(path).limits(model)[0, 3][1] == 2.5
