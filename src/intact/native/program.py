"""Programs: calls of kernels one after the other, on buffers laid out beforehand, run without Python between them."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Sequence
from ctypes import c_int32, c_int64, c_void_p
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import numpy as np

from intact.native import structures
from intact.native.call import Array, flipped
from intact.native.library import Library
from intact.native.memory import layout
from intact.native.steps import Buffer, Step, lives, with_borders
from intact.native.threads import Pool

_ARENA, _FIXED, _GIVEN = range(3)

_NOTHING: Final = np.empty(0, np.uint8)


_SMALL: Final = 1 << 12
"""Bytes that are copied to and from memory of the workplace, as it takes longer to ask an array where it is."""


@dataclass(frozen=True, eq=False)
class _Workplace:
    """What one run needs for itself.

    Args:
        samples, threads: that it serves; the address of the threads.
        memory, start: bytes, and the address of the first that is used.
        given: addresses of what the caller gives.
        call: runs the program there.
        reads, writes: of each input and output that has an address there: its number, the place of the address, and
            memory of the workplace itself, which is at that address already; None where it is the caller's.
    """

    samples: int
    threads: int | None
    memory: Array
    start: int
    given: ctypes.Array[c_void_p]
    call: Callable[[], None]
    reads: list[tuple[int, int, Array | None]]
    writes: list[tuple[int, int, Array | None]]


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
        places = (structures.Place * max(1, len(roots)))()
        index = {b: i for i, b in enumerate(roots)}
        for buffer, i in index.items():
            if buffer in given:
                places[i] = structures.Place(_GIVEN, given[buffer])
            elif buffer.constant is not None:
                contents = flipped(buffer.constant)
                self._keeps.append(contents)
                places[i] = structures.Place(_FIXED, contents.ctypes.data)
            else:
                places[i] = structures.Place(_ARENA, at[buffer])
        array = (structures.Step * max(1, len(steps)))()
        for i, step in enumerate(steps):
            array[i] = self._packed(step, index)
        scratch = max((s.call.scratch for s in steps), default=0)
        self._program = structures.Program(
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
        self._copies = self._borders.copies
        self._wanted = [(b.held.shape, np.dtype(b.held.dtype)) for b in self.outputs]

    def run(self, samples: Sequence[Sequence[Array]], pool: Pool | None) -> list[list[Array]]:
        """Returns the outputs of each sample, in new arrays; the threads share out the samples, or the work of one.

        Args:
            samples: inputs of each, contiguous, of the buffers' types and shapes.
        """
        if len(samples) < 2:
            return [self.once(inputs, pool) for inputs in samples]
        threads = None if pool is None else pool.take()
        try:
            place = self._place(len(samples), threads)
            results = [self._given(place, i * self._width, inputs) for i, inputs in enumerate(samples)]
            place.call()
            self._free.append(place)
        finally:
            if pool is not None:
                pool.give(threads)
        for outputs, inputs in zip(results, samples, strict=True) if self._copies else ():
            for position, source in self._copies:
                outputs[position] = inputs[source].reshape(self._wanted[position][0]).copy()
        return results

    def once(self, inputs: Sequence[Array], pool: Pool | None, times: Array | None = None) -> list[Array]:
        """Returns the outputs of one sample, as `run`.

        Args:
            times: int64 (steps + 1,). Is given the nanoseconds at which steps begin and the last ends.
        """
        threads = None if pool is None else pool.take()
        try:
            place = self._place(1, threads)
            outputs = self._given(place, 0, inputs)
            place.call() if times is None else self._watched(place, times)
            for position, _, own in place.writes:
                if own is not None:
                    outputs[position] = own.copy()
            self._free.append(place)
        finally:
            if pool is not None:
                pool.give(threads)
        for position, source in self._copies:
            outputs[position] = inputs[source].reshape(self._wanted[position][0]).copy()
        return outputs

    def timed(self, inputs: Sequence[Array], pool: Pool | None) -> tuple[list[Array], list[tuple[object, float]]]:
        """Returns the outputs of one sample, and the `work` of each step with the seconds that it took."""
        times = np.empty(len(self._works) + 1, np.int64)
        outputs = self.once(inputs, pool, times)
        taken = list(zip(self._works, (np.diff(times) * 1e-9).tolist(), strict=True))
        return outputs, taken + [(s.work, 0.0) for s in self.steps if s.call.kernel is None]

    def _watched(self, place: _Workplace, times: Array) -> None:
        program = structures.Program.from_buffer_copy(self._program)
        program.see = ctypes.cast(self.library.handle.intact_clock, c_void_p)
        program.seer = times.ctypes.data
        self.library.handle.intact_run(ctypes.addressof(program), place.given, 1, place.start, place.threads)

    def _given(self, place: _Workplace, first: int, inputs: Sequence[Array]) -> list[Array]:
        """Lets addresses from `first` on be those of one sample. Returns memory for its outputs."""
        outputs = [_NOTHING] * len(self._wanted)
        for position, at, own in place.reads:
            if own is None:
                place.given[first + at] = inputs[position].__array_interface__["data"][0]
            else:
                own[...] = inputs[position]
        for position, at, own in place.writes:
            if own is None:
                outputs[position] = np.empty(*self._wanted[position])
                place.given[first + at] = outputs[position].__array_interface__["data"][0]
        return outputs

    def _place(self, samples: int, threads: int | None) -> _Workplace:
        """Returns memory for a run that no other run has at present."""
        try:
            # Not asked first whether there is one: another thread may take it meanwhile.
            while (place := self._free.pop()).samples != samples or place.threads != threads:
                pass
        except IndexError:
            return self._new_place(samples, threads)
        return place

    def _new_place(self, samples: int, threads: int | None) -> _Workplace:
        memory = np.empty(self.library.handle.intact_memory(self._address, samples, threads) + 64, np.uint8)
        start = -(-memory.ctypes.data // 64) * 64
        given = (c_void_p * (self._width * samples))()
        shapes = [self._wanted[i] for i in self._borders.targets]
        shapes = [(b.held.shape, np.dtype(b.held.dtype)) for b in self._borders.given] + shapes
        own: list[Array | None] = [None] * self._width
        for i, (shape, dtype) in enumerate(shapes):
            if samples == 1 and math.prod(shape) * dtype.itemsize <= _SMALL:
                array = own[i] = np.empty(shape, dtype)
                given[i] = array.ctypes.data
        places = list(zip((*self._borders.sources, *self._borders.targets), range(self._width), own, strict=True))
        split = len(self._borders.sources)
        # Made once, as it takes a while to turn numbers into what C takes.
        arguments = c_void_p(self._address), given, c_int64(samples), c_void_p(start), c_void_p(threads)
        call = partial(self.library.handle.intact_run, *arguments)
        return _Workplace(samples, threads, memory, start, given, call, places[:split], places[split:])

    def _packed(self, step: Step, index: dict[Buffer, int]) -> structures.Step:
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
        return structures.Step(
            self.library.kernel(call.kernel),
            address,
            call.units,
            call.grain,
            *map(ctypes.addressof, lists),
            len(step.reads),
            len(step.writes),
        )
