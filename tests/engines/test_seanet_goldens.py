"""The int16x8 operators of a SEANet as tflite-micro ships them with the integers they must give.

tflite-micro's own tests run each model on its reference kernels and compare with these files; LiteRT's reference
kernels are their ancestors. INTACT_SEANET may name a folder with all of tflite-micro's models, of which the shared one
has those that no other repeats.
"""

import os
from pathlib import Path

import numpy as np
import pytest

from intact.engines.exact import Exact
from intact.formats.format import load

pytestmark = pytest.mark.shared

INSIDE = "tensorflow/lite/micro/integration_tests/seanet"
COUNTS = {
    "add": 14,
    "conv": 17,
    "leaky_relu": 18,
    "pad": 11,
    "quantize": 1,
    "strided_slice": 20,
    "sub": 3,
    "transpose_conv": 5,
}


def numbers(folder: Path, name: str) -> np.ndarray:
    """What a file of comma-separated integers holds; the end of its name is its type."""
    (path,) = folder.glob(f"{name}_int*.csv")
    return np.array(path.read_text().replace(",", " ").split(), np.int64).astype(path.stem.rsplit("_", 1)[1])


@pytest.mark.parametrize("profile", ["tflm-reference", "litert-reference"])
@pytest.mark.parametrize("operator", COUNTS)
def test_golden_integers(shared: Path, operator: str, profile: str) -> None:
    given = os.environ.get("INTACT_SEANET")
    models = Path(given) if given else shared / "models" / "tensorflow+tflite-micro" / INSIDE
    data = shared / "data" / "tflite-micro" / "integration_tests" / "seanet" / operator
    paths = sorted((models / operator).glob("*.tflite"))
    assert len(paths) == (len(list(data.glob("*_golden_*"))) if given else COUNTS[operator])
    for path in paths:
        engine = Exact(load(path), profile)
        feeds = {
            port.name: numbers(data, f"{path.stem}_input{i}").reshape(port.type.shape)
            for i, port in enumerate(engine.inputs)
        }
        (found,) = engine.run(feeds).values()
        wanted = numbers(data, f"{path.stem}_golden").reshape(found.shape)
        assert found.dtype == wanted.dtype, path.stem
        assert np.count_nonzero(found != wanted) == 0, path.stem
