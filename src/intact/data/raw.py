"""Raw bytes as samples: the inputs' own types, little-endian, in C order, one after another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from intact.data.stored import InFile, Stored
from intact.errors import DataError
from intact.files import readable
from intact.ir.port import Port

SUFFIXES: Final = frozenset({".bin", ".raw"})


def raw_file(path: Path, ports: Sequence[Port]) -> dict[str, Stored]:
    """Returns the array of each input in a file of bytes.

    For one input a file may hold several samples; for several it holds one sample, the inputs in their order, which is
    how Samsung ONE concatenates them. Dynamic dimensions have the size that the model declares.

    Raises:
        UsageError: E001.
        DataError: E302 for a number of bytes that does not fit.
    """
    size = readable(path).stat().st_size
    needs = {port.name: raw_bytes(port, path) for port in ports}
    if len(ports) == 1 and size and size % needs[ports[0].name] == 0:
        return {ports[0].name: _part(path, ports[0], 0, size // needs[ports[0].name])}
    if size != sum(needs.values()):
        each = " and ".join(f"{needs[p.name]}: {_told(p)} of input '{p.name}'" for p in ports)
        raise DataError(
            f"has {size} bytes",
            expected=each if len(ports) == 1 else f"{sum(needs.values())} in all, {each}",
            where=str(path),
        )
    parts, offset = {}, 0
    for port in ports:
        parts[port.name] = _part(path, port, offset, 1)
        offset += needs[port.name]
    return dict(parts)


def raw_bytes(port: Port, path: Path) -> int:
    """Returns how many bytes one sample of an input takes.

    Raises:
        DataError: E302 for an input whose bytes say nothing.
    """
    dtype = port.type.dtype.numpy
    if dtype is None or port.type.size == 0:
        raise DataError(f"input '{port.name}' has no fixed type and shape that bytes could be", where=str(path))
    return port.type.size * dtype.itemsize


def _part(path: Path, port: Port, offset: int, count: int) -> InFile:
    dtype, shape = port.type.dtype.numpy, port.type.shape
    assert dtype is not None and shape is not None
    stack = shape if count == 1 else (count, *shape)
    return InFile(path, None, stack, dtype.newbyteorder("<"), offset, fortran=False)


def _told(port: Port) -> str:
    return f"{port.type.dtype.value} {list(port.type.shape or ())}"
