"""Records of Samsung ONE's own tests, as text and as the HDF5 that its tools pack them into, against its numbers."""

import json
from pathlib import Path

import h5py
import numpy as np
import pytest

import intact
from intact.ir.model import Model

CASES = {
    "Conv2D_004/channel_uint8": "ifm",
    "FullyConnected_003/channel_uint8": "in",
    "FullyConnected_003/channel_int16": "in",
    "Mul_001/channel_int16": "ifm1",
    "DepthwiseConv2D_002/channel_int16": "ifm",
    "DepthwiseConv2D_002/layer_uint8": "ifm",
}


def packed(files: list[Path], model: Model, path: Path, *, raw: bool) -> Path:
    """Returns a file as one-create-quant-dataset writes it: typed, or the bytes of the arrays."""
    shape = model.main.inputs[0].type.shape
    with h5py.File(path, "w") as file:
        group = file.create_group("value")
        group.attrs["rawData"] = "1" if raw else "0"
        for number, text in enumerate(files):
            array = np.array(text.read_text().split(","), np.float32).reshape(shape)
            group.create_group(str(number))["0"] = bytearray(array.tobytes()) if raw else array
    return path


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("raw", [False, True])
def test_records_and_their_ranges(case: str, raw: bool, shared: Path, tmp_path: Path) -> None:
    folder = shared / "fixtures" / "one" / case
    model = intact.load(folder.parent / "model.tflite")
    files = sorted((folder / "inputs").glob("*.txt"), key=lambda f: int(f.stem))
    samples = intact.samples(model, packed(files, model, tmp_path / "x.h5", raw=raw))
    texts = intact.samples(model, folder / "inputs")
    assert len(samples) == len(texts) == len(files)
    name = CASES[case]
    for one, other in zip(samples, texts, strict=True):
        np.testing.assert_array_equal(one.arrays[name], other.arrays[name])
    expected = json.loads((folder / "expected" / "record_minmax" / f"{name}.json").read_text())
    ends = [(one.arrays[name].min(), one.arrays[name].max()) for one in samples]
    low, high = (np.percentile([end[i] for end in ends], p) for i, p in enumerate((1, 99)))
    # ONE writes its ranges as float32 text.
    assert (low, high) == pytest.approx((expected["min"], expected["max"]), rel=1e-6)
