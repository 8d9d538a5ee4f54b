"""Images become numbers as they are described."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import intact
from command import Intact
from intact.data import open_samples
from intact.data.described import ImageInput
from intact.errors import DataError
from intact.ir.port import Port
from intact.ir.text import parse
from intact.ir.types import DType, QuantParams, TensorType

RNG = np.random.default_rng(3)
PHOTO = RNG.integers(0, 256, (20, 30, 3), np.uint8)  # 30 wide, 20 high
PLAIN = ImageInput(0, 1)
POOLED = """graph main(%photo: float32[1,8,8,3]) -> (%y) {
  %w = const float32[4,8,8,3] random(0)
  %b = const float32[4] random(1)
  %y = CONV_2D(%photo, %w, %b) {padding=VALID, stride_h=1, stride_w=1}
}"""


def port(*shape: int, signature: tuple[int, ...] | None = None, dtype: DType = DType.FLOAT32) -> Port:
    return Port("p", TensorType(dtype, shape, signature))


def read(folder: Path, to: Port, how: ImageInput, pixels: np.ndarray = PHOTO) -> np.ndarray:
    Image.fromarray(pixels).save(folder / "a.png")
    return open_samples(folder / "a.png", [to], {"p": how})[0].arrays["p"]


def test_the_middle_is_cut_out(tmp_path: Path) -> None:
    found = read(tmp_path, port(1, 10, 12, 3), ImageInput(0, 1, crop=(10, 12)))
    np.testing.assert_array_equal(found[0], PHOTO[5:15, 9:21])


def test_resized_as_pillow_does(tmp_path: Path) -> None:
    whole = read(tmp_path, port(1, 7, 9, 3), PLAIN)
    expected = np.asarray(Image.fromarray(PHOTO).resize((9, 7), Image.Resampling.BILINEAR), np.float32)
    np.testing.assert_array_equal(whole[0], expected)
    short = read(tmp_path, port(1, 8, 8, 3), ImageInput(0, 1, resize=10, resample="nearest"))
    smaller = np.asarray(Image.fromarray(PHOTO).resize((15, 10), Image.Resampling.NEAREST), np.float32)
    np.testing.assert_array_equal(short[0], smaller[1:9, 3:11])
    both = read(tmp_path, port(1, 8, 8, 3), ImageInput(0, 1, resize=(8, 10)))
    wide = np.asarray(Image.fromarray(PHOTO).resize((10, 8), Image.Resampling.BILINEAR), np.float32)
    np.testing.assert_array_equal(both[0], wide[:, 1:9])


def test_channels_and_layout(tmp_path: Path) -> None:
    size = (20, 30)
    rgb = read(tmp_path, port(1, *size, 3), PLAIN)[0]
    np.testing.assert_array_equal(rgb, PHOTO)
    bgr = read(tmp_path, port(1, *size, 3), ImageInput(0, 1, channels="bgr"))[0]
    np.testing.assert_array_equal(bgr, PHOTO[..., ::-1])
    grey = np.asarray(Image.fromarray(PHOTO).convert("L"))[..., np.newaxis]
    np.testing.assert_array_equal(read(tmp_path, port(1, *size, 1), PLAIN)[0], grey)
    first = read(tmp_path, port(1, 3, *size), PLAIN)[0]
    np.testing.assert_array_equal(first, PHOTO.transpose(2, 0, 1))
    np.testing.assert_array_equal(read(tmp_path, port(*size, 3), PLAIN), PHOTO)
    with_alpha = read(tmp_path, port(1, *size, 4), PLAIN)[0]
    np.testing.assert_array_equal(with_alpha[..., 3], np.full(size, 255))
    three_by_three = read(tmp_path, port(1, 3, 3, 3), ImageInput(0, 1, layout="nchw", crop=3))[0]
    np.testing.assert_array_equal(three_by_three, PHOTO[8:11, 13:16].transpose(2, 0, 1))


def test_normalized_in_float32(tmp_path: Path) -> None:
    how = ImageInput((123.675, 116.28, 103.53), (58.395, 57.12, 57.375))
    found = read(tmp_path, port(1, 20, 30, 3), how)[0]
    expected = (PHOTO.astype(np.float32) - np.float32(how.mean)) / np.float32(how.std)
    np.testing.assert_array_equal(found, expected)
    same = read(tmp_path, port(1, 20, 30, 3), ImageInput((0.485, 0.456, 0.406), (0.229, 0.224, 0.225), 1 / 255))[0]
    np.testing.assert_allclose(same, expected, rtol=0, atol=1e-5)
    bgr = read(tmp_path, port(1, 20, 30, 3), ImageInput((1, 2, 3), 1, channels="bgr"))[0]
    np.testing.assert_array_equal(bgr, PHOTO[..., ::-1] - np.float32([1, 2, 3]))


def test_open_sizes(tmp_path: Path) -> None:
    any_size = port(1, 1, 1, 3, signature=(1, -1, -1, 3))
    assert read(tmp_path, any_size, ImageInput(0, 1, resize=(5, 6))).shape == (1, 5, 6, 3)
    assert read(tmp_path, any_size, ImageInput(0, 1, resize=12, crop=10)).shape == (1, 10, 10, 3)
    with pytest.raises(intact.DataError, match="input 'p' takes images of any size; expected resize=HEIGHTxWIDTH"):
        read(tmp_path, any_size, PLAIN)
    with pytest.raises(intact.DataError, match="takes images of height x width anyx8; expected resize="):
        read(tmp_path, port(1, 1, 8, 3, signature=(1, -1, 8, 3)), ImageInput(0, 1, crop=7))
    assert read(tmp_path, port(1, 6, 8, 3, signature=(1, -1, -1, 3)), PLAIN).shape == (1, 6, 8, 3)


def test_inputs_of_eight_bits(tmp_path: Path) -> None:
    plain = port(1, 20, 30, 3, dtype=DType.UINT8)
    Image.fromarray(PHOTO).save(tmp_path / "a.png")
    samples = open_samples(tmp_path, [plain])
    np.testing.assert_array_equal(samples[0].arrays["p"][0], PHOTO)
    assert samples.notes[0] == "input 'p': pixels as they are, 0 to 255, RGB, 30x20 (width x height)"
    stored = Port("p", TensorType(DType.INT8, (1, 20, 30, 3), quant=QuantParams.per_tensor(1 / 127.5, -1)))
    found = open_samples(tmp_path, [stored], {"p": ImageInput(127.5, 127.5)})[0].arrays["p"][0]
    np.testing.assert_allclose(found, PHOTO.astype(int) - 128, atol=1)


def test_notes(tmp_path: Path) -> None:
    Image.fromarray(PHOTO).save(tmp_path / "a.jpg")
    Image.new("RGBA", (8, 8)).save(tmp_path / "b.png")
    (tmp_path / "labels.txt").write_text("cat")
    assert open_samples(tmp_path, [port(1, 8, 8, 3)], {"p": PLAIN}).notes == (
        "the folder's other entries are not used: 'labels.txt'",
        "input 'p': real = pixel, RGB, 8x8 (width x height)",
        "input 'p': 1 of 2 images are scaled to that size, proportions not kept",
        "input 'p': 1 of 2 images have transparency, which is left out",
    )


def test_classes_are_subfolders(tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        for i in (2, 10):
            Image.fromarray(PHOTO).save(tmp_path / name / f"{i}.png")
    samples = open_samples(tmp_path, [port(1, 8, 8, 3)], {"p": PLAIN})
    assert samples.labels() == ["cat/2.png", "cat/10.png", "dog/2.png", "dog/10.png"]
    assert samples.notes[0] == "subfolders are taken one after another, their names are not used: 'cat', 'dog'"
    assert samples.described == {"p": ImageInput(0, 1, channels="rgb")}


def test_class_folders_without_samples_are_noted(tmp_path: Path) -> None:
    for name in ("cat", "dog", "empty"):
        (tmp_path / name).mkdir()
    for name in ("cat", "dog"):
        Image.fromarray(PHOTO).save(tmp_path / name / "1.png")
    notes = open_samples(tmp_path, [port(1, 8, 8, 3)], {"p": PLAIN}).notes
    assert notes[:2] == (
        "subfolders are taken one after another, their names are not used: 'cat', 'dog'",
        "subfolders without samples are not used: 'empty'",
    )


def test_of_a_moving_picture_the_first_frame_is_taken_and_that_is_noted(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue", "green")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    frames[1].save(tmp_path / "b.gif")
    samples = open_samples(tmp_path, [port(1, 8, 8, 3)], {"p": PLAIN})
    assert samples.notes[-1] == "input 'p': 1 of 2 images have several frames; the first of each is taken"
    assert samples[0].arrays["p"][0, 0, 0].tolist() == [255, 0, 0]


def test_an_image_that_resizing_makes_huge_is_named(tmp_path: Path) -> None:
    Image.new("RGB", (5000, 1)).save(tmp_path / "long.png")
    with pytest.raises(DataError, match=r"long.png: is 5000x1, and 100000000x20000 once its shorter side has 20000"):
        open_samples(tmp_path, [port(1, 8, 8, 3)], {"p": ImageInput(mean=0, resize=20000)})


def test_from_photographs_to_a_model_that_carries_it(intact_: Intact, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    intact.save(parse(POOLED), "m.tflite")
    Path("photos").mkdir()
    for i in range(10):
        Image.fromarray(RNG.integers(0, 256, (20, 30, 3), np.uint8)).save(f"photos/{i}.png")
    refused = intact_("quantize", "m.tflite", "--data", "photos", "-o", "q.tflite").error
    assert "how a pixel becomes a number of input 'photo' (float32) is not in the model; expected --image" in refused
    image = ("--image", "mean=127.5,std=127.5,resize=9,channels=bgr")
    done = intact_("quantize", "m.tflite", "--data", "photos", *image, "-o", "q.tflite", "--json").json
    assert done["comparisons"][0]["outputs"][0]["sqnr_db"] > 20
    said = "input 'photo': the model carries it: real = (pixel - 127.5) / 127.5, BGR, shorter side scaled to 9, "
    assert any(note.startswith(said) for note in done["notes"])
    carried = intact_("run", "q.tflite", "--input", "photos/0.png", "--json").json
    given = intact_("run", "q.tflite", *image, "--input", "photos/0.png", "--json").json
    assert carried["outputs"] == given["outputs"]
    other = intact_("run", "q.tflite", "--mean", "0", "--std", "255", "--input", "photos/0.png", "--json").json
    assert other["outputs"] != given["outputs"]
    compared = intact_("compare", "m.tflite", "q.tflite", "--data", "photos", *image, "--json").json
    assert compared["samples"] == 10
    ranges = intact_("calibrate", "m.tflite", "--data", "photos", *image, "-o", "r.json", "--json").json
    assert ranges["samples"] == 10
    intact_("quantize", "m.tflite", "--ranges", "r.json", *image, "-o", "r.tflite")
    assert intact_("contract", "r.tflite", "--json").json["inputs"][0]["described"]["text"].startswith("real = (pixel")
    error = intact_("run", "q.tflite", "--mean", "0", "--std", "255", *image, "--input", "photos/0.png").error
    assert error == "--mean and --std are given beside --image; expected one of both. Put them into --image. [E003]"
    error = intact_("quantize", "m.tflite", "--ranges", "r.json", "--image", "q:mean=1", "-o", "s.tflite").error
    assert error == "m.tflite: there is no input 'q' to describe; expected 'photo'. [E004]"


def test_in_python(tmp_path: Path) -> None:
    model = parse(POOLED)
    for i in range(4):
        Image.fromarray(RNG.integers(0, 256, (20, 30, 3), np.uint8)).save(tmp_path / f"{i}.png")
    samples = intact.samples(model, tmp_path, inputs=ImageInput(127.5, 127.5, resize=9))
    result = intact.quantize(model, intact.calibrate(model, samples, isolate=False))
    assert len(intact.describe_inputs(result.model, samples.described)) == 1
    again = intact.samples(result.model, tmp_path)
    assert again.described == samples.described
    assert "input 'photo': read as block INTACT_INPUTS of the model has it" in again.notes
    np.testing.assert_array_equal(again[2].arrays["photo"], samples[2].arrays["photo"])
