"""The tables of a flatbuffer, read with every offset checked.

The accessors that flatc generates trust the file, but all of them reach it through one object, their `_tab`. With a
Table of this module in its place a wrong offset raises FormatError instead of showing other bytes, and how far the
flatbuffer reaches is known afterwards, which is where appended bytes begin.
"""

from __future__ import annotations

import functools
import struct
import sys
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from intact.errors import FormatError
from intact.ir.types import Array

_U16: Final = struct.Struct("<H")
_U32: Final = struct.Struct("<I")
_I32: Final = struct.Struct("<i")
_SHARING: Final = 8
_SHOWN_BYTES: Final = 40
_FIX: Final = "Get the file again; it is cut off or damaged"


def corrupt(problem: str, expected: str | None = None) -> FormatError:
    """Returns the error for bytes that cannot be meant."""
    return FormatError(problem, code="E102", expected=expected, fix=_FIX)


def newer(problem: str) -> FormatError:
    """Returns the error for something that the schema does not have, so that it could not be written back."""
    return FormatError(
        problem, code="E103", expected="what this version's schema has", fix="Update intact and ai-edge-litert"
    )


class Flatbuffer:
    """The bytes of a file.

    A flatbuffer may name the same bytes many times, so a small hostile file can unfold to any amount of work. No writer
    shares more than a few things, so what is unfolded in all may not exceed a small multiple of the file.

    Attributes:
        data: the whole file.
        end: bytes. Where all that was reached so far ends.
    """

    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.end = 0
        self._budget = _SHARING * len(data) + 65536

    def root(self, accessor: Any) -> Any:
        """Returns an accessor for the root table, made safe."""
        return self.at(accessor, self.unpack(_U32, 0))

    def at(self, accessor: Any, position: int) -> Any:
        """Returns an accessor for the table at a position, made safe."""
        accessor._tab = Table(self, position, type(accessor))
        return accessor

    def safe(self, accessor: Any) -> Any:
        """Returns an accessor that another one handed out, made safe; None for a table that is not there."""
        return None if accessor is None else self.at(accessor, accessor._tab.Pos)

    def tables(self, parent: Any, field: str) -> Iterator[Any]:
        """Yields safe accessors for the tables of a vector, in order; none where there is no vector."""
        count = getattr(parent, f"{field}Length")()
        if 4 * count > len(self.data):
            raise corrupt(f"the list of {field.lower()} has {count} entries in a file of {len(self.data)} bytes")
        item = getattr(parent, field)
        for index in range(count):
            yield self.safe(item(index))

    def array(self, vector: Any) -> Array | None:
        """Returns a vector of numbers as an accessor gives it; None where there is none (they say 0)."""
        if isinstance(vector, int):
            return None
        self.charge(vector.nbytes)
        array: Array = vector
        return array

    def numbers(self, vector: Any) -> tuple[Any, ...]:
        """Returns a vector as Python numbers; () where there is none."""
        array = self.array(vector)
        return () if array is None else tuple(array.tolist())

    def text(self, string: bytes | None) -> str:
        """Returns a string; "" where there is none."""
        try:
            return (string or b"").decode()
        except UnicodeDecodeError as fault:
            start = bytes(fault.object[:_SHOWN_BYTES])
            raise corrupt(f"the text {start!r} of {len(fault.object)} bytes is not UTF-8") from fault

    def outside(self, offset: int, size: int) -> Array:
        """Returns bytes that are named by their position in the file: uint8 (size,), a view."""
        self.reach(offset, size)
        return np.frombuffer(self.data, np.uint8, size, offset)

    def reach(self, start: int, count: int) -> None:
        """Notes that bytes belong to the flatbuffer.

        Raises:
            FormatError: E102 where some are not in the file.
        """
        if start < 0 or start + count > len(self.data):
            raise corrupt(f"{count} bytes at {start} are outside the file of {len(self.data)} bytes")
        self.end = max(self.end, start + count)

    def unpack(self, form: struct.Struct, position: int) -> Any:
        """Returns the number at a position."""
        self.reach(position, form.size)
        return form.unpack_from(self.data, position)[0]

    def charge(self, count: int) -> None:
        """Counts bytes that are turned into objects."""
        self._budget -= count
        if self._budget < 0:
            raise corrupt("the same bytes are named again and again", f"at most {_SHARING} times the file in all")


class Table:
    """What generated accessors call `_tab`; the names and arguments of the methods are theirs."""

    __slots__ = ("Bytes", "Pos", "_file", "_size", "_vtable", "_vtable_size")

    def __init__(self, file: Flatbuffer, position: int, accessor: type) -> None:
        self.Bytes = file.data
        self.Pos = position
        self._file = file
        self._vtable = position - file.unpack(_I32, position)
        self._vtable_size = file.unpack(_U16, self._vtable)
        self._size = file.unpack(_U16, self._vtable + 2)
        file.reach(self._vtable, self._vtable_size)
        file.reach(position, self._size)
        file.charge(self._size)
        for slot in range(4 + 2 * _field_count(accessor), self._vtable_size - 1, 2):
            if self.Offset(slot):
                raise newer(f"{accessor.__name__} has field {(slot - 4) // 2}")

    def Offset(self, slot: int) -> int:  # noqa: N802
        """Where a field begins within the table; 0 where it is not there."""
        if slot + 2 > self._vtable_size:
            return 0
        offset: int = _U16.unpack_from(self.Bytes, self._vtable + slot)[0]
        if offset >= self._size > 0:
            raise corrupt(f"a field is at {offset} of a table of {self._size} bytes")
        return offset

    def Get(self, flags: Any, position: int) -> Any:  # noqa: N802
        """The number of a type at a position."""
        return flags.py_type(self._file.unpack(flags.packer_type, position))

    def Indirect(self, position: int) -> int:  # noqa: N802
        """Where the offset at a position points to."""
        target: int = position + self._file.unpack(_U32, position)
        self._file.reach(target, 4)  # a table, a vector and a string all begin with a number of 4 bytes
        return target

    def Vector(self, offset: int) -> int:  # noqa: N802
        """Where the elements of a field's vector begin."""
        return self.Indirect(self.Pos + offset) + 4

    def VectorLen(self, offset: int) -> int:  # noqa: N802
        """How many elements a field's vector has."""
        length: int = self._file.unpack(_U32, self.Vector(offset) - 4)
        return length

    def GetVectorAsNumpy(self, flags: Any, offset: int) -> Array:  # noqa: N802
        """A field's vector as a view into the file."""
        dtype = np.dtype(flags.packer_type.format)
        start, length = self.Vector(offset), self.VectorLen(offset)
        self._file.reach(start, length * dtype.itemsize)
        return np.frombuffer(self.Bytes, dtype, length, start)

    def String(self, position: int) -> bytes:  # noqa: N802
        """The string that the offset at a position points to."""
        start = self.Indirect(position) + 4
        length = self._file.unpack(_U32, start - 4)
        self._file.reach(start, length + 1)
        self._file.charge(length)
        return bytes(self.Bytes[start : start + length])

    def Union(self, table: Any, offset: int) -> None:  # noqa: N802
        """Points another table at the one that a field names."""
        table.Pos = self.Indirect(self.Pos + offset)
        table.Bytes = self.Bytes


class _Counter:
    """Takes the place of a builder to hear how many fields a table has."""

    count = 0

    def StartObject(self, count: int) -> None:  # noqa: N802
        self.count = count


@functools.cache
def _field_count(accessor: type) -> int:
    counter = _Counter()
    getattr(sys.modules[accessor.__module__], f"{accessor.__name__}Start")(counter)
    return counter.count
