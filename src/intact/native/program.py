"""Programs: calls of kernels one after the other, on buffers laid out beforehand, run without Python between them."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from ctypes import c_int32, c_int64, c_void_p
from dataclasses import dataclass, field

import numpy as np

from intact.native.call import Array, flipped
from intact.native.library import Library
from intact.native.memory import layout
from intact.native.steps import Buffer, Step, lives, with_borders
from intact.native.threads import Pool

_ARENA, _FIXED, _GIVEN = range(3)


class _Step(ctypes.Structure):
    _fields_ = (
        ("run", c_void_p),
        ("params", c_void_p),
        ("units", c_int64),
        ("grain", c_int64),
        ("reads", c_void_p),
        ("writes", c_void_p),
        ("reads_count", c_int64),
        ("writes_count", c_int64),
    )


class _Place(ctypes.Structure):
    _fields_ = (("where", c_int64), ("at", c_int64))


class _Program(ctypes.Structure):
    _fields_ = (
        ("steps", c_void_p),
        ("places", c_void_p),
        ("steps_count", c_int64),
        ("places_count", c_int64),
        ("given_count", c_int64),
        ("arena", c_int64),
        ("scratch", c_int64),
        ("see", c_void_p),
        ("seer", c_void_p),
    )


@dataclass(frozen=True, eq=False)
class _Workplace:
    """What one run needs for itself.

    Args:
        samples, threads: that it serves; the address of the threads.
        memory, start: bytes, and the address of the first that is used.
        given: addresses of what the caller gives.
    """

    samples: int
    threads: int | None
    memory: Array
    start: int
    given: ctypes.Array[c_void_p]


@dataclass(eq=False)
class Program:
    """Steps ready to run.

    Args:
        library: whose kernels.
        steps: in order. A call without a kernel has a result that shares the operand's bytes.
        inputs, outputs: buffers whose contents the caller gives and wants.
    """

    library: Library
    steps: Sequence[Step]
    inputs: Sequence[Buffer]
    outputs: Sequence[Buffer]
    arena: int = field(init=False)
    _keeps: list[object] = field(init=False, default_factory=list)
    _free: list[_Workplace] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._borders = with_borders(self.steps, self.inputs, self.outputs)
        steps = self._borders.steps
        given = {b: i for i, b in enumerate((*self._borders.given, *self._borders.wanted))}
        roots = lives(steps)
        inside = [b for b in roots if b not in given and b.constant is None]
        offsets, self.arena = layout([(b.held.bytes, *roots[b]) for b in inside])
        at = dict(zip(inside, offsets, strict=True))
        places = (_Place * max(1, len(roots)))()
        index = {b: i for i, b in enumerate(roots)}
        for buffer, i in index.items():
            if buffer in given:
                places[i] = _Place(_GIVEN, given[buffer])
            elif buffer.constant is not None:
                contents = flipped(buffer.constant)
                self._keeps.append(contents)
                places[i] = _Place(_FIXED, contents.ctypes.data)
            else:
                places[i] = _Place(_ARENA, at[buffer])
        array = (_Step * max(1, len(steps)))()
        for i, step in enumerate(steps):
            array[i] = self._packed(step, index)
        scratch = max((s.call.scratch for s in steps), default=0)
        self._program = _Program(
            ctypes.addressof(array),
            ctypes.addressof(places),
            len(steps),
            len(roots),
            len(given),
            self.arena,
            -(-scratch // 64) * 64,
        )
        self._keeps += [array, places, steps]
        self._works = [s.work for s in steps]
        self._address = ctypes.addressof(self._program)
        self._width = len(given)
        self._wanted = [(b.held.shape, np.dtype(b.held.dtype)) for b in self.outputs]

    def run(self, samples: Sequence[Sequence[Array]], pool: Pool | None) -> list[list[Array]]:
        """Returns the outputs of each sample, in new arrays, for its inputs: contiguous, of the buffers' types."""
        return self._run(self._address, samples, pool)

    def timed(self, sample: Sequence[Array], pool: Pool | None) -> tuple[list[Array], list[tuple[object, float]]]:
        """Returns the outputs of one sample, and the `work` of each step with the seconds that it took."""
        count = len(self._works)
        times = (c_int64 * (count + 1))()
        program = _Program.from_buffer_copy(self._program)
        program.see = ctypes.cast(self.library.handle.intact_clock, c_void_p)
        program.seer = ctypes.addressof(times)
        outputs = self._run(ctypes.addressof(program), [sample], pool)[0]
        taken = [(work, (times[i + 1] - times[i]) * 1e-9) for i, work in enumerate(self._works)]
        return outputs, taken + [(s.work, 0.0) for s in self.steps if s.call.kernel is None]

    def _run(self, address: int, samples: Sequence[Sequence[Array]], pool: Pool | None) -> list[list[Array]]:
        results = [[np.empty(shape, dtype) for shape, dtype in self._wanted] for _ in samples]
        if not samples:
            return results
        threads = None if pool is None else pool.take()
        try:
            place = self._place(len(samples), threads)
            at = 0
            for inputs, outputs in zip(samples, results, strict=True):
                for position in self._borders.sources:
                    place.given[at] = inputs[position].__array_interface__["data"][0]
                    at += 1
                for position in self._borders.targets:
                    place.given[at] = outputs[position].__array_interface__["data"][0]
                    at += 1
            self.library.handle.intact_run(address, place.given, len(samples), place.start, threads)
            self._free.append(place)
        finally:
            if pool is not None:
                pool.give(threads)
        for outputs, inputs in zip(results, samples, strict=True) if self._borders.copies else ():
            for position, source in self._borders.copies:
                outputs[position][...] = inputs[source].reshape(outputs[position].shape)
        return results

    def _place(self, samples: int, threads: int | None) -> _Workplace:
        """Returns memory for a run that no other run has at present."""
        try:
            # Not asked first whether there is one: another thread may take it meanwhile.
            while (place := self._free.pop()).samples != samples or place.threads != threads:
                pass
        except IndexError:
            memory = np.empty(self.library.handle.intact_memory(self._address, samples, threads) + 64, np.uint8)
            start = -(-memory.ctypes.data // 64) * 64
            return _Workplace(samples, threads, memory, start, (c_void_p * (self._width * samples))())
        return place

    def _packed(self, step: Step, index: dict[Buffer, int]) -> _Step:
        call = step.call
        assert call.kernel is not None
        expected = self.library.params_size(call.kernel)
        actual = 0 if call.params is None else ctypes.sizeof(call.params)
        assert actual == expected, f"{call.kernel} takes {expected} bytes of parameters, not {actual}"
        lists = [(c_int32 * max(1, len(bs)))(*(index[b.root()] for b in bs)) for bs in (step.reads, step.writes)]
        self._keeps += [*lists, call]
        address = None
        if call.params is not None:
            address = ctypes.addressof(call.params)
            prepared = self.library.prepare(call.kernel, address)
            if prepared is not None:
                # A program has parameters of its own, as what is prepared is for its library's level.
                own = type(call.params).from_buffer_copy(call.params)
                address = ctypes.addressof(own)
                c_void_p.from_address(address).value = prepared.ctypes.data
                self._keeps += [own, prepared]
        return _Step(
            self.library.kernel(call.kernel),
            address,
            call.units,
            call.grain,
            *map(ctypes.addressof, lists),
            len(step.reads),
            len(step.writes),
        )
