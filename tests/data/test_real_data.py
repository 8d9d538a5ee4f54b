"""Samples people really have."""

import numpy as np
import pytest

from intact.data import labels, open_samples
from intact.errors import IntactError
from intact.ir.port import Port
from intact.ir.types import DType, QuantParams, TensorType

pytestmark = pytest.mark.shared


def port(*shape: int, dtype: DType = DType.FLOAT32, quant: QuantParams | None = None) -> Port:
    return Port("input_1", TensorType(dtype, (1, *shape), (-1, *shape), quant))


def test_cifar(shared) -> None:
    file = shared / "data" / "cifar10_ic01.npz"
    samples = open_samples(file, [port(32, 32, 3)])
    assert len(samples) == len(labels(file)) == 249
    assert samples.notes == (
        "array 'y' is not used",
        "input 'input_1': samples are uint8, the first in [51, 255]; taken as they are, not scaled",
    )
    kept, back = samples.split()
    assert (len(kept), len(back)) == (199, 50)
    with np.load(file) as archive:
        for index, sample in zip(back.indices, back, strict=True):
            np.testing.assert_array_equal(sample.arrays["input_1"], archive["x"][index : index + 1])


def test_cifar_for_an_int8_input(shared) -> None:
    quantized = port(32, 32, 3, dtype=DType.INT8, quant=QuantParams([1.0], [-128]))
    samples = open_samples(shared / "data" / "cifar10_ic01.npz", [quantized])
    pixels = open_samples(shared / "data" / "cifar10_ic01.npz", [port(32, 32, 3)])
    np.testing.assert_array_equal(samples[7].arrays["input_1"], pixels[7].arrays["input_1"] - 128)
    assert samples.notes[1].endswith("taken as real numbers, stored as int8, scale 1.0, zero point -128")


def test_keywords(shared) -> None:
    file = shared / "data" / "speech_commands_kws01.npz"
    samples = open_samples(file, [port(49, 10, 1, dtype=DType.INT8, quant=QuantParams([0.584], [83]))])
    assert len(samples) == 994
    assert samples.notes == ("array 'y' is not used",)
    with pytest.raises(IntactError, match=r"x\.reshape\(994, 490\) would do if their order is right"):
        open_samples(file, [port(490)])


def test_wake_word_by_shape(shared) -> None:
    samples = open_samples(shared / "data" / "streaming_wakeword_calibration.npz", [port(30, 1, 40)])
    assert len(samples) == 45
    assert samples.notes == ("array 'specs' is taken for input 'input_1'", "array 'labels' is not used")
    assert samples[44].arrays["input_1"].dtype == np.float32


def test_windows_must_be_cut_first(shared) -> None:
    with pytest.raises(IntactError) as caught:
        open_samples(shared / "data" / "toycar_logmel_ad01.npz", [port(640)])
    assert str(caught.value).endswith(
        "toycar_logmel_ad01.npz: input 'input_1' is given the shape [12, 200, 128]; "
        "expected [?, 640] or [640], or a stack [N, 640]. [E302]"
    )
