"""Files as people publish them: read, written, and read again without a difference."""

import io
import zipfile

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


def test_archives_of_labels_can_be_opened(shared) -> None:
    """By strict readers too: no position in the archive is to be corrected."""
    files = members = 0
    for path in sorted((shared / "models").rglob("*.tflite")):
        if not zipfile.is_zipfile(path):
            continue
        files += 1
        written = to_bytes(load(path))
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(io.BytesIO(written)) as new:
            assert new.namelist() == old.namelist()
            for member in new.infolist():
                members += 1
                assert new.read(member) == old.read(member.filename)
                assert written[member.header_offset :].startswith(b"PK\3\4")
    assert (files, members) == (12, 9)
