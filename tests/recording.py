"""Programs of C kernels written down for tests/native/driver.c, which runs them without Python.

A file is a sequence of programs, all numbers int64 in the machine's order:

    buffers    count, then of each: bytes, 1 if its contents follow, contents
    steps      count, then of each:
        kernel     length, name
        blocks     count, then of each: bytes, contents; the first are the params
        pointers   count, then of each: block and place in it; block that is meant, and bytes into it
        work       units, grain, scratch, 1 if the last result tells of doubts
        operands   count, buffers; results: count, buffers
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from intact.native.call import flipped
from intact.native.program import Program
from intact.native.steps import Buffer, Step

Block = np.ndarray | ctypes.Structure | ctypes.Array | bytes


class Recorder:
    """Writes programs to a file.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stream = path.open("wb")
        self.kernels: set[str] = set()
        self.programs = 0

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def add(self, program: Program, inputs: Sequence[np.ndarray]) -> None:
        """Writes a program and what it is given."""
        steps = [s for s in program.steps if s.call.kernel is not None]
        given = dict(zip(program.inputs, inputs, strict=True))
        roots = list(dict.fromkeys(b.root() for s in steps for b in (*s.reads, *s.writes)))
        self._numbers(len(roots))
        for buffer in roots:
            contents = given.get(buffer, buffer.constant)
            self._numbers(buffer.held.bytes, contents is not None)
            if contents is not None:
                assert contents.nbytes == buffer.held.bytes
                self._stream.write(flipped(contents).tobytes())
        self._numbers(len(steps))
        for step in steps:
            self._step(step, {b: i for i, b in enumerate(roots)})
        self.programs += 1

    def _step(self, step: Step, index: dict[Buffer, int]) -> None:
        call = step.call
        assert call.kernel is not None
        self.kernels.add(call.kernel)
        blocks = [call.params or b"", *_kept(call.keeps)]
        pointers = [(i, at, *_found(blocks, p)) for i, block in enumerate(blocks) for at, p in _pointers(block)]
        self._bytes(call.kernel.encode())
        self._numbers(len(blocks))
        for block in blocks:
            self._bytes(block.tobytes() if isinstance(block, np.ndarray) else bytes(block))
        self._numbers(len(pointers), *(n for p in pointers for n in p))
        self._numbers(call.units, call.grain, call.scratch, call.doubts)
        for buffers in (step.reads, step.writes):
            self._numbers(len(buffers), *(index[b.root()] for b in buffers))

    def _numbers(self, *numbers: int) -> None:
        self._stream.write(np.array(numbers, np.int64).tobytes())

    def _bytes(self, data: bytes) -> None:
        self._numbers(len(data))
        self._stream.write(data)


def _kept(kept: object) -> Iterator[Block]:
    """Yields what is in nested tuples."""
    if isinstance(kept, tuple | list):
        for item in kept:
            yield from _kept(item)
    elif kept is not None:
        assert isinstance(kept, Block), f"a call keeps {type(kept)}"
        yield kept


def _pointers(block: object, at: int = 0) -> Iterator[tuple[int, int]]:
    """Yields where a structure or an array of structures has pointers that are not null, and the pointers."""
    if isinstance(block, ctypes.Structure):
        fields = [(getattr(type(block), name).offset, kind, getattr(block, name)) for name, kind, *_ in block._fields_]
    elif isinstance(block, ctypes.Array):
        kind = block._type_
        fields = [(i * ctypes.sizeof(kind), kind, item) for i, item in enumerate(block)]
    else:
        return
    for place, kind, value in fields:
        if kind is ctypes.c_void_p and value:
            yield at + place, value
        yield from _pointers(value, at + place)


def _found(blocks: Sequence[Block], pointer: int) -> tuple[int, int]:
    """Returns in which block a pointer points, and how many bytes into it."""
    for i, block in enumerate(blocks):
        if isinstance(block, bytes):
            continue
        is_array = isinstance(block, np.ndarray)
        into = pointer - (block.ctypes.data if is_array else ctypes.addressof(block))
        if 0 <= into < max(1, block.nbytes if is_array else ctypes.sizeof(block)):
            return i, into
    raise AssertionError("a pointer of a call is to nothing that the call keeps")
