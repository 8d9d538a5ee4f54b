"""The data doctor on published models and real samples: no word on them as they are, the right one when spoilt."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import intact
from intact.ir.model import Model

pytestmark = pytest.mark.shared

TINY = "mlcommons+tiny/benchmark/training"
MODELS = {
    "resnet": f"{TINY}/image_classification/trained_models/pretrainedResnet.tflite",
    "toycar": f"{TINY}/anomaly_detection/trained_models/ToyCar/baseline_tf23/model/model_ToyCar.tflite",
    "keywords": f"{TINY}/keyword_spotting/trained_models/kws_ref_model_float32.tflite",
    "mobilenet": "zhenhuaw-me+tflite2onnx/assets/tests/mobilenet_v1_0.25_128.tflite",
    "mnist": "google-ai-edge+ai-edge-quantizer/ai_edge_quantizer/tests/models/conv_fc_mnist.tflite",
    "faces": "google-ai-edge+mediapipe/mediapipe/modules/face_detection/face_detection_full_range.tflite",
    "selfie": "google-ai-edge+mediapipe/mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite",
    "deeplab": "tensorflow+tflite-support/tensorflow_lite_support/cc/test/testdata/task/vision/deeplabv3.tflite",
    "rnet": "syaringan357+Android-MobileFaceNet-MTCNN-FaceAntiSpoofing/app/src/main/assets/rnet.tflite",
    "embedder": "tensorflow+examples/tensorflow_examples/lite/model_maker/core/data_util/testdata/"
    "mobilenet_v2_035_96_embedder_with_metadata.tflite",
}


def model(shared: Path, name: str) -> Model:
    return intact.load(shared / "models" / MODELS[name])


def photographs(shared: Path, size: int, channels: int = 3) -> np.ndarray:
    """The photographs, 0 to 255."""
    files = [
        f
        for f in sorted((shared / "data" / "images").iterdir())
        if not {"segmentation", "expected"} & set(f.stem.split("_"))
    ]
    mode = "L" if channels == 1 else "RGB"
    opened = [np.asarray(Image.open(f).convert(mode).resize((size, size)), np.float32) for f in files]
    return np.stack(opened).reshape(-1, size, size, channels)


def found(shared: Path, name: str, data: object, *, quick: bool = False) -> set[str]:
    return {f.code for f in intact.check_data(model(shared, name), data, quick=quick, isolate=False).findings}


def cifar(shared: Path) -> np.ndarray:
    with np.load(shared / "data" / "cifar10_ic01.npz") as stacks:
        return stacks["x"]


UNIT: Callable[[np.ndarray], np.ndarray] = lambda x: x / 255  # noqa: E731
SIGN: Callable[[np.ndarray], np.ndarray] = lambda x: x / 127.5 - 1  # noqa: E731

NETWORKS = [
    ("mobilenet", 128, 3, SIGN),
    ("mnist", 28, 1, UNIT),
    ("faces", 192, 3, SIGN),
    ("selfie", 256, 3, UNIT),
    ("deeplab", 257, 3, SIGN),
    ("rnet", 24, 3, SIGN),
    ("embedder", 96, 3, UNIT),
]


@pytest.mark.parametrize(
    ("name", "size", "channels", "scaled"), NETWORKS, ids=lambda x: x if isinstance(x, str) else ""
)
def test_pictures_scaled_and_not(
    shared: Path, name: str, size: int, channels: int, scaled: Callable[[np.ndarray], np.ndarray]
) -> None:
    raw = photographs(shared, size, channels)
    assert found(shared, name, scaled(raw), quick=True) == set()
    assert found(shared, name, raw, quick=True) == {"W303"}


def test_cifar(shared: Path) -> None:
    pixels = cifar(shared)
    assert found(shared, "resnet", pixels) == set()
    assert found(shared, "resnet", pixels / 255) == {"W304"}
    assert found(shared, "resnet", pixels / 127.5 - 1) == {"W304"}
    assert found(shared, "resnet", pixels[..., ::-1]) == {"W306"}
    reshaped = np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)).reshape(pixels.shape)
    assert found(shared, "resnet", reshaped) == {"W305"}
    assert found(shared, "resnet", np.random.default_rng(0).integers(0, 256, pixels.shape)) == {"W307"}


def test_mobilenet_on_photographs(shared: Path) -> None:
    pixels = SIGN(photographs(shared, 128))
    assert found(shared, "mobilenet", pixels) == set()
    assert found(shared, "mobilenet", pixels[..., ::-1]) == {"W306"}


def test_sounds_of_machines(shared: Path) -> None:
    with np.load(shared / "data" / "toycar_logmel_ad01.npz") as stacks:
        frames = stacks["x"]
    windows = np.stack([one[i : i + 5].reshape(640) for one in frames for i in range(0, 190, 8)])
    assert found(shared, "toycar", windows) == set()
    windows[17, 3] = np.nan
    assert found(shared, "toycar", windows) == {"E304"}


def test_keywords(shared: Path) -> None:
    with np.load(shared / "data" / "speech_commands_kws01.npz") as stacks:
        coefficients = (stacks["x"].astype(np.float32) - 83) * 0.584
    assert found(shared, "keywords", coefficients[:200]) == set()


def test_a_notice_where_colours_cannot_be_told(shared: Path) -> None:
    diagnosis = intact.check_data(model(shared, "rnet"), SIGN(photographs(shared, 24)), isolate=False)
    assert diagnosis.findings == ()
    (note,) = diagnosis.notes
    assert note == (
        "input 'rnet/input': whether red and blue are swapped cannot be told: the network ends in no softmax whose "
        "certainty could be compared"
    )
