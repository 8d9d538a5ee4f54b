"""Options of custom operators: a map of numbers, as a FlexBuffer holds it.

A FlexBuffer is written from its leaves to its root, so it is read from its end: the last byte is the width of the root,
the byte before that its type, and the root itself stands before both. A value stands inline in the width of what holds
it, or there stands how far back it begins. A map is (offset of its keys, width of the keys, size, values, types); its
keys are (size, offsets of texts that end with a zero byte). A type is the kind times 4 plus the logarithm of the width
of what it holds.

Sources:
    https://flatbuffers.dev/internals/#flexbuffers; flatbuffers/flexbuffers.h.
"""

from __future__ import annotations

import struct
from typing import Final

_INT, _UINT, _FLOAT, _INDIRECT_INT, _INDIRECT_UINT, _INDIRECT_FLOAT, _MAP, _BOOL = 1, 2, 3, 6, 7, 8, 9, 26
_FORMATS: Final = {
    _INT: {1: "<b", 2: "<h", 4: "<i", 8: "<q"},
    _UINT: {1: "<B", 2: "<H", 4: "<I", 8: "<Q"},
    _FLOAT: {2: "<e", 4: "<f", 8: "<d"},
}
_INDIRECT: Final = {_INDIRECT_INT: _INT, _INDIRECT_UINT: _UINT, _INDIRECT_FLOAT: _FLOAT}


def numbers(content: bytes) -> dict[str, int | float | bool]:
    """Returns the numbers of a map by key; values of other kinds are left out.

    Raises:
        ValueError: the content is no map, or an offset points out of it.
    """
    try:
        width, kind = content[-1], content[-2]
        root = len(content) - 2 - width
        if kind >> 2 != _MAP:
            raise ValueError(f"the root is of kind {kind >> 2}, not a map")
        return _map(content, _back(content, root, width), 1 << (kind & 3))
    except (IndexError, KeyError, struct.error, UnicodeDecodeError) as fault:
        raise ValueError(f"the options are no FlexBuffer ({fault})") from fault


def _map(content: bytes, at: int, width: int) -> dict[str, int | float | bool]:
    size = _read(content, at - width, _UINT, width)
    keys_width = _read(content, at - 2 * width, _UINT, width)
    keys = _back(content, at - 3 * width, width)
    found: dict[str, int | float | bool] = {}
    for i in range(int(size)):
        start = _back(content, keys + i * int(keys_width), int(keys_width))
        key = content[start : content.index(b"\0", start)].decode()
        packed = content[at + int(size) * width + i]
        kind, place, wide = packed >> 2, at + i * width, width
        if kind in _INDIRECT:
            kind, place, wide = _INDIRECT[kind], _back(content, place, width), 1 << (packed & 3)
        if kind == _BOOL:
            found[key] = bool(_read(content, place, _UINT, wide))
        elif kind in _FORMATS:
            found[key] = _read(content, place, kind, wide)
    return found


def _back(content: bytes, at: int, width: int) -> int:
    """Returns where something begins whose distance stands at `at`."""
    start = at - int(_read(content, at, _UINT, width))
    if start < 0:
        raise ValueError(f"offset at {at} points before the options")
    return start


def _read(content: bytes, at: int, kind: int, width: int) -> int | float:
    if at < 0:
        raise ValueError(f"a number stands at {at}")
    number: int | float = struct.unpack_from(_FORMATS[kind][width], content, at)[0]
    return number
