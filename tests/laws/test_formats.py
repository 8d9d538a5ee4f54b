"""What every format obeys: what is written is read as it was, and is known for what it is."""

import io
from pathlib import Path

import pytest

from intact.formats.format import Format, format_of, formats, load, save
from intact.ir.equal import differences
from intact.ir.model import Model
from intact.ir.text import parse

MODELS = {
    "digits": """
graph main(%image: float32[1?,8,8,3]) -> (%classes) {
  %filter = const float32[4,3,3,3] random(0)
  %bias = const float32[4] [0.5, -1, 0, 2]
  %c: float32[1?,8,8,4] = CONV_2D v2(%image, %filter, %bias) {fused_activation_function=RELU6}
  %p: float32[1?,4,4,4] = MAX_POOL_2D(%c) {stride_w=2, stride_h=2, filter_width=2, filter_height=2}
  %shape = const int32[2] [-1, 64]
  %r: float32[1?,64] = RESHAPE(%p, %shape)
  %weights = const float32[10,64] random(1)
  %f: float32[1?,10] = FULLY_CONNECTED(%r, %weights, none)
  %classes: float32[1?,10] = SOFTMAX(%f) {beta=1.0}
}
signature serving_default of main(pixels=%image) -> (scores=%classes)
""",
    "quantized": """
graph main(%a: int8[1,4]<scale=0.5, zero_point=3>) -> (%y, %a) {
  %b = const int8[4]<scale=[0.5, 0.25, 1, 2], zero_point=[0, 0, 0, 0]> [1, -2, 3, -4]
  %s: int8[1,4]<scale=0.25, zero_point=-128> = MUL v2(%a, %b)
  %y: int8[1,4]<scale=0.25, zero_point=-128> = RELU(%s)
}
""",
    "empty": "graph main(%x: float32[2]) -> (%x) {\n}\n",
}
every_format = pytest.mark.parametrize("form", formats().values(), ids=lambda form: form.name)
every_model = pytest.mark.parametrize("name", MODELS)


def content(form: Format, model: Model) -> bytes:
    stream = io.BytesIO()
    form.write(model, stream)
    return stream.getvalue()


@every_format
@every_model
def test_what_is_written_is_read_as_it_was(form: Format, name: str, tmp_path: Path) -> None:
    model = parse(MODELS[name])
    path = tmp_path / f"model{form.suffixes[0]}"
    save(model, path)
    assert differences(model, load(path), file_facts=False) == []


@every_format
@every_model
def test_the_same_model_gives_the_same_bytes(form: Format, name: str) -> None:
    first = content(form, parse(MODELS[name]))
    assert content(form, parse(MODELS[name])) == first
    assert content(form, parse(MODELS[name]).clone()) == first


@every_format
def test_a_file_is_of_one_format(form: Format) -> None:
    data = content(form, parse(MODELS["digits"]))
    assert [f for f in formats().values() if f.sniff(data[:64], Path("model"))] == [form]
    assert not form.sniff(b"", Path("folder"))


@every_format
def test_an_ending_stands_for_one_format(form: Format) -> None:
    for suffix in form.suffixes:
        assert suffix.startswith(".")
        assert format_of(f"Model{suffix.upper()}") is form
