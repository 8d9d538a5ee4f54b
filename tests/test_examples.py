from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

import intact

DIGITS = Path(__file__).parents[1] / "examples" / "digits"


def accuracy(path: Path, resolver: OpResolverType = OpResolverType.AUTO) -> float:
    """Share of held-back digits that the model's most probable class names."""
    held_back = np.load(DIGITS / "held_back.npz")
    classify = Interpreter(str(path), experimental_op_resolver_type=resolver).get_signature_runner()
    hits = [
        classify(image=image[None])["probabilities"].argmax() == label
        for image, label in zip(held_back["image"], held_back["y"], strict=True)
    ]
    return float(np.mean(hits))


def test_shipped_model_is_small_and_good() -> None:
    path = DIGITS / "digits_float.tflite"
    assert path.stat().st_size < 200_000
    assert accuracy(path) >= 0.97


def test_int8_model_is_integer_throughout_and_good_under_all_kernels(tmp_path: Path) -> None:
    model = intact.load(DIGITS / "digits_float.tflite")
    result = intact.quantize(model, intact.calibrate(model, DIGITS / "calibration.npz"), require_integer=True)
    intact.save(result.model, tmp_path / "int8.tflite")
    assert [node.op.name for *_, node in result.model.nodes()] == [
        "QUANTIZE",
        "CONV_2D",
        "DEPTHWISE_CONV_2D",
        "CONV_2D",
        "MAX_POOL_2D",
        "RESHAPE",
        "FULLY_CONNECTED",
        "FULLY_CONNECTED",
        "SOFTMAX",
        "DEQUANTIZE",
    ], "both batch normalizations are folded"
    for resolver in (
        OpResolverType.BUILTIN,
        OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        OpResolverType.BUILTIN_REF,
    ):
        assert accuracy(tmp_path / "int8.tflite", resolver) >= 0.97


def test_shipped_samples_are_what_the_model_takes() -> None:
    calibration, held_back = (np.load(DIGITS / f"{name}.npz")["image"] for name in ("calibration", "held_back"))
    for images in (calibration, held_back):
        assert images.dtype == np.float32
        assert images.shape[1:] == (8, 8, 1)
        assert (images.min(), images.max()) == (0, 1)
    together = {image.tobytes() for image in calibration} & {image.tobytes() for image in held_back}
    assert not together, "a held-back digit was calibrated with"


def test_training_writes_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DIGITS))
    import train

    train.main(tmp_path, epochs=4)
    trained = tmp_path / "digits_float.tflite"
    assert trained.stat().st_size == (DIGITS / "digits_float.tflite").stat().st_size
    assert accuracy(trained) >= 0.85
    for name in ("calibration.npz", "held_back.npz"):
        shipped, made = np.load(DIGITS / name), np.load(tmp_path / name)
        assert all(np.array_equal(made[key], shipped[key]) for key in shipped)
