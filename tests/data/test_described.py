"""What is known of a model's inputs: written, read, merged, kept, and held against hostile metadata."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import intact
from digits import int8
from intact.data.described import AudioInput, ImageInput, from_dict
from intact.data.described_model import BLOCK, keep_described, known_inputs
from intact.data.described_text import parse_audio, parse_image, parse_named
from intact.errors import UsageError
from intact.formats.tflite.metadata import NAME, InputMetadata, inputs_of
from intact.formats.tflite.metadata_writer import metadata_bytes
from intact.ir.graph import Buffer
from intact.ir.model import Metadata, Model
from intact.ir.text import parse

KEYS = "expected KEY=VALUE with commas between, the keys mean, std, scale, resize, crop, channels, layout, resample"
PHOTO = "graph main(%x: float32[1,8,8,3]) -> (%y) {\n  %y = RELU(%x)\n}"


def with_block(name: str, content: bytes) -> Model:
    model = parse(PHOTO)
    model.metadata.append(Metadata(name, Buffer(np.frombuffer(content, np.uint8))))
    return model


@pytest.mark.parametrize(
    "text, expected",
    [
        ("mean=127.5,std=127.5", ImageInput(127.5, 127.5)),
        ("scale=1/255, mean=0.485:0.456:0.406 ,std=1", ImageInput((0.485, 0.456, 0.406), 1.0, 1 / 255)),
        ("resize=256,crop=224,channels=BGR", ImageInput(resize=256, crop=224, channels="bgr")),
        (
            "resize=240x320,layout=nchw,resample=nearest",
            ImageInput(resize=(240, 320), layout="nchw", resample="nearest"),
        ),
        ("channels=gray,mean=0", ImageInput(0.0, channels="grey")),
    ],
)
def test_images_in_words(text: str, expected: ImageInput) -> None:
    assert parse_image(text) == expected
    assert from_dict(json.loads(json.dumps(expected.as_dict()))) == expected


@pytest.mark.parametrize(
    "text, message",
    [
        ("means=1", f"'means=1' is not understood; {KEYS}. Perhaps 'mean=' is meant. [E003]"),
        ("", "'' is not understood; expected KEY=VALUE"),
        ("mean", "'mean' is not understood; expected KEY=VALUE"),
        ("mean=1,mean=2", "mean is given twice; expected one value. [E003]"),
        ("mean=a", "mean is 'a'; expected one number, or one for each channel with colons between, such as"),
        ("mean=1:2", "mean is (1.0, 2.0); expected one number, or one for each of 3 or 4 channels. [E003]"),
        ("mean=nan", "mean is (nan,); expected one number"),
        ("std=0", "std is 0; expected a number that is not 0. [E003]"),
        ("std=1:0:1", "std is 0; expected a number that is not 0. [E003]"),
        ("scale=1/0", "scale is '1/0'; expected a number. [E003]"),
        ("scale=0", "scale is 0.0; expected a number that is not 0. [E003]"),
        ("resize=0", "resize is 0; expected pixels of a side, or height and width. [E003]"),
        ("crop=1x2x3", "crop is '1x2x3'; expected pixels of a side, or HEIGHTxWIDTH. [E003]"),
        ("channels=rbg", "channels is rbg; expected one of rgb, bgr, grey. [E003]"),
        ("layout=hwc", "layout is hwc; expected one of nhwc, nchw. [E003]"),
    ],
)  # fmt: skip
def test_what_is_no_description_of_images(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_image(text)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "text, message",
    [
        ("rate=0", "rate is 0; expected samples a second, 1 or more. [E003]"),
        ("rate=16k", "rate is '16k'; expected samples a second. [E003]"),
        ("resample=yes", "resample is asked for without a rate; expected rate=HZ as well. [E003]"),
        ("rate=1,resample=maybe", "resample is 'maybe'; expected yes or no. [E003]"),
        ("hz=1", "'hz=1' is not understood; expected KEY=VALUE with commas between, the keys rate, resample, scale"),
    ],
)
def test_what_is_no_description_of_sound(text: str, message: str) -> None:
    assert parse_audio("rate=8000,resample=yes,scale=2") == AudioInput(8000, True, 2.0)
    with pytest.raises(UsageError) as caught:
        parse_audio(text)
    assert str(caught.value).startswith(message)


def test_names_of_inputs_may_hold_colons() -> None:
    assert parse_named("input_1:0:mean=1,std=2:2:2") == ("input_1:0", "mean=1,std=2:2:2")
    assert parse_named("mean=1:2:3") == (None, "mean=1:2:3")


def test_what_is_given_counts_most_and_numbers_belong_together() -> None:
    model = ImageInput(127.5, 127.5, channels="bgr", resize=256)
    assert ImageInput(crop=224).over(model) == ImageInput(127.5, 127.5, channels="bgr", resize=256, crop=224)
    assert ImageInput(scale=1 / 255).over(model) == ImageInput(scale=1 / 255, channels="bgr", resize=256)
    assert AudioInput(resample=False).over(AudioInput(8000)) == AudioInput(8000)


@pytest.mark.parametrize(
    "how, formula",
    [
        (ImageInput(127.5, 127.5), "(pixel - 127.5) / 127.5"),
        (ImageInput(0, 255), "pixel / 255"),
        (ImageInput(0, 1), "pixel"),
        (ImageInput(scale=0.5), "pixel * 0.5"),
        (ImageInput(scale=0.5, std=2), "(pixel * 0.5) / 2"),
        (ImageInput((1, 2, 3), 2), "(pixel - (1, 2, 3)) / 2"),
        (ImageInput(mean=3), "(pixel - 3)"),
    ],
)
def test_formulas(how: ImageInput, formula: str) -> None:
    assert how.formula == formula


def test_a_model_carries_what_it_was_given() -> None:
    model = parse(PHOTO)
    how = ImageInput(scale=1 / 255, mean=(0.5, 0.25, 0.125), std=0.5, resize=9, channels="bgr", layout="nhwc")
    (note,) = intact.describe_inputs(model, how)
    assert note.startswith(
        "input 'x': the model carries it: real = (pixel * 0.00392157 - (0.5, 0.25, 0.125)) / 0.5, BGR"
    )
    assert known_inputs(model, model.main).inputs == {"x": how}
    (told,) = inputs_of(model)
    assert (told.name, told.kind, told.color) == ("x", "image", None)
    np.testing.assert_allclose(told.mean, [127.5, 63.75, 31.875], rtol=1e-6)
    np.testing.assert_allclose(told.std, [127.5], rtol=1e-6)
    intact.describe_inputs(model, {"x": ImageInput(0, 255)})
    assert [m.name for m in model.metadata] == [NAME, BLOCK]
    assert known_inputs(model, model.main).inputs == {"x": replace(how, mean=0.0, std=255.0, scale=None)}


def test_files_keep_it(tmp_path) -> None:
    model = parse(PHOTO.replace("1,8,8,3", "1,16000"))
    intact.describe_inputs(model, AudioInput(rate=16000))
    intact.save(model, tmp_path / "a.tflite")
    again = intact.load(tmp_path / "a.tflite")
    assert known_inputs(again, again.main).inputs == {"x": AudioInput(rate=16000)}
    assert inputs_of(again) == [InputMetadata("x", "audio", rate=16000)]


def test_metadata_that_say_otherwise_are_left_alone() -> None:
    content = metadata_bytes([InputMetadata("photo", "image", "rgb", (127.5,), (127.5,))], ["y"])
    model = with_block(NAME, content)
    assert known_inputs(model, model.main).inputs == {"x": ImageInput(127.5, 127.5, channels="rgb")}
    assert len(keep_described(model, model.main, {"x": ImageInput(127.5, (127.5, 127.5, 127.5))})) == 1
    notes = keep_described(model, model.main, {"x": ImageInput(0, 255)})
    assert notes[1] == (
        "input 'x': the model's TFLite metadata say otherwise and are left as they are; block INTACT_INPUTS counts"
    )
    assert known_inputs(model, model.main).inputs == {"x": ImageInput(0, 255)}


@given(st.binary(max_size=200), st.sampled_from([NAME, BLOCK]))
def test_junk_says_nothing(content: bytes, name: str) -> None:
    model = with_block(name, content)
    known_inputs(model, model.main)


@given(st.data())
def test_damaged_metadata_are_an_error_or_say_something(data: st.DataObject) -> None:
    whole = bytearray(metadata_bytes([InputMetadata("photo", "image", "rgb", (1.0, 2.0, 3.0), (4.0,))], ["y"]))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    model = with_block(NAME, bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    known_inputs(model, model.main)


@pytest.mark.parametrize(
    "content",
    [
        b"[]", b"{}", b'{"inputs":3}', b'{"inputs":[3]}', b'{"inputs":[{"input":"x"}]}',
        b'{"inputs":[{"input":"x","kind":"image","mean":"a"}]}', b'{"inputs":[{"input":"x","kind":"image","q":1}]}',
        b'{"inputs":[{"input":"x","kind":"image","std":0}]}', b'{"inputs":[{"kind":"audio"}]}',
        b'{"inputs":[{"input":"x","kind":"audio","rate":"a"}]}', b'{"inputs":[{"input":"x","kind":"image","crop":[]}]}',
    ],
)  # fmt: skip
def test_blocks_of_others(content: bytes) -> None:
    model = with_block(BLOCK, content)
    assert known_inputs(model, model.main).inputs == {}


def test_an_entry_without_a_graph_holds_for_each() -> None:
    model = with_block(
        BLOCK, b'{"inputs":[{"input":"x","kind":"image","std":2},{"graph":1,"input":"x","kind":"audio"}]}'
    )
    assert known_inputs(model, model.main).inputs == {"x": ImageInput(std=2)}
    assert known_inputs(model, model.main).notes == []


def test_eight_bits_say_it_themselves() -> None:
    model = int8()
    known = known_inputs(model, model.main)
    assert known.origins == {"image": "the scale and zero point of input 'image'"}
    assert known.given == {}


def test_names(tmp_path) -> None:
    model = parse(PHOTO)
    with pytest.raises(UsageError, match=r"there is no input 'y' to describe; expected 'x'. \[E004\]"):
        intact.describe_inputs(model, {"y": ImageInput(0, 1)})
    with pytest.raises(UsageError, match="an input is described by a float; expected an ImageInput or AudioInput"):
        intact.samples(model, np.zeros((1, 8, 8, 3)), inputs=3.0)  # type: ignore[arg-type]


def test_real_metadata(shared) -> None:
    name = "deeplabv3.tflite"
    path = next(p for p in (shared / "models").rglob(name) if "tflite-support" in str(p))
    model = intact.load(path)
    assert known_inputs(model, model.main).inputs == {"sub_7": ImageInput(127.5, 127.5, channels="rgb")}


def test_eight_bits_are_given_the_pixels_whatever_metadata_say(shared) -> None:
    path = next((shared / "models").rglob("mobilenet_v1_0.25_224_quant.tflite"))
    model = intact.load(path)
    known = known_inputs(model, model.main)
    assert known.inputs == {"input": ImageInput(128, 128, channels="rgb")}
    assert known.metadata == {"input": ImageInput(127.5, 127.5, channels="rgb")}
