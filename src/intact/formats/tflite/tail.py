"""Bytes behind the flatbuffer. TFLite metadata puts a zip archive of label files there.

Zip archives say where in the file their members are. The archives in question were appended by programs that count
from the start of the whole file, so an archive that is moved has to be told by how much; some readers refuse it
otherwise. In a Model the archive counts from its own start: it can be opened as it is.
"""

from __future__ import annotations

import struct
from typing import Any, Final

from intact.formats.tflite.table import Flatbuffer

ALIGNMENT: Final = 16
_END: Final = b"PK\x05\x06"
_MEMBER: Final = b"PK\x01\x02"
_MEMBER_BYTES: Final = 46
_LARGEST: Final = 0xFFFFFFFF


def read_tail(file: Flatbuffer, meta: dict[str, Any]) -> bytes:
    """Returns the bytes behind all that was reached, without the zeros that fill up to the next multiple of 16."""
    start = file.end
    while start % ALIGNMENT and start < len(file.data) and file.data[start] == 0:
        start += 1
    tail = bytes(file.data[start:])
    moved = moved_archive(tail, -start)
    if moved is None:
        return tail
    meta["archive_counts_from_file"] = True
    return moved


def write_tail(tail: bytes, start: int, meta: dict[str, Any]) -> bytes:
    """Returns the bytes to put at a position of the file."""
    if not meta.get("archive_counts_from_file"):
        return tail
    return moved_archive(tail, start) or tail


def moved_archive(content: bytes, by: int) -> bytes | None:
    """Returns a zip archive whose members are said to be `by` bytes further on; None where there is no archive.

    None also where the archive does not fit the move: one whose positions would leave 0 to 2^32, or that counts from
    another place than `by` says.
    """
    end = content.rfind(_END)
    if end < 0 or end + 20 > len(content):
        return None
    count, size, start = struct.unpack_from("<HII", content, end + 10)
    # Counted from the archive's own start, the list of members lies just before this record.
    if start + min(by, 0) != end - size or end < size:
        return None
    moved = bytearray(content)
    places = [end + 16]
    at = end - size
    for _ in range(count):
        if at + _MEMBER_BYTES > end or content[at : at + 4] != _MEMBER:
            return None
        places.append(at + 42)
        at += _MEMBER_BYTES + sum(struct.unpack_from("<HHH", content, at + 28))
    for place in places:
        position = struct.unpack_from("<I", content, place)[0] + by
        if not 0 <= position < _LARGEST:
            return None
        struct.pack_into("<I", moved, place, position)
    return bytes(moved)
