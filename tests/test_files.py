import os
import stat
from pathlib import Path

import pytest

from intact.errors import UsageError
from intact.files import atomic_write, readable


def names(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


def test_the_file_is_there_once_it_is_whole(tmp_path) -> None:
    path = tmp_path / "out"
    with atomic_write(path) as stream:
        stream.write(b"new")
        assert not path.exists()
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["out"]


def test_a_failure_leaves_the_old_file(tmp_path) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), atomic_write(path) as stream:
        stream.write(b"half")
        raise ZeroDivisionError
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["out"]


def test_a_full_disk_is_an_error_of_the_output(tmp_path) -> None:
    with pytest.raises(UsageError) as caught, atomic_write(tmp_path / "out"):
        raise OSError(28, "No space left on device")
    assert str(caught.value) == f"{tmp_path}/out: cannot be written (No space left on device). [E002]"
    assert names(tmp_path) == []


def test_links_and_modes_stay(tmp_path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"old")
    target.chmod(0o640)
    (tmp_path / "link").symlink_to(target)
    with atomic_write(tmp_path / "link") as stream:
        stream.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_devices_are_written_to_and_not_replaced(tmp_path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with atomic_write(pipe) as stream:
        stream.write(b"through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_folder_is_no_output(tmp_path) -> None:
    with pytest.raises(UsageError, match=r"cannot be written \(Is a directory\)\. \[E002\]"), atomic_write(tmp_path):
        pass


def test_readable(tmp_path) -> None:
    (tmp_path / "in").touch()
    assert readable(str(tmp_path / "in")) == tmp_path / "in"
    with pytest.raises(UsageError, match=r"none: does not exist; expected a file\. \[E001\]"):
        readable(tmp_path / "none")
    with pytest.raises(UsageError, match=r"cannot be read \(Is a directory\); expected a file\. \[E001\]"):
        readable(tmp_path)
