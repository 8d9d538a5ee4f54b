"""Files as people publish them: read, written, and read again without a difference."""

import pytest

from formats.plain import plain
from intact.formats.format import load
from intact.formats.tflite import to_bytes
from intact.formats.tflite.reader import read
from intact.ir.equal import differences

pytestmark = pytest.mark.shared


def test_nothing_is_lost(shared) -> None:
    paths = sorted((shared / "models").rglob("*.tflite"))
    assert len(paths) > 300
    for path in paths:
        model = load(path)
        written = to_bytes(model)
        assert differences(model, read(memoryview(written), "again")) == [], path
        assert plain(written) == plain(path.read_bytes()), path
        assert to_bytes(read(memoryview(written), "again")) == written, path
