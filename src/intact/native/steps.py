"""What programs are made of: steps on buffers, and the steps at a program's borders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from intact.native.call import Array, Call, Held


@dataclass(eq=False)
class Buffer:
    """What a step reads or makes.

    Args:
        held: its type and shape.
        constant: contents where they are known.
        shares: the buffer whose bytes these are.
    """

    held: Held
    constant: Array | None = None
    shares: Buffer | None = None

    def root(self) -> Buffer:
        """Returns the buffer that has the bytes."""
        return self if self.shares is None else self.shares.root()


@dataclass(frozen=True, eq=False)
class Step:
    """A call with the buffers that it reads and makes, in the order of the kernel.

    Args:
        work: what it is done for, for the caller to know it by; None for what the program adds at its borders.
    """

    call: Call
    reads: tuple[Buffer, ...]
    writes: tuple[Buffer, ...]
    work: object = None


@dataclass(frozen=True, eq=False)
class Borders:
    """Steps between those that bring what the caller gives and wants from and to how programs hold it.

    Args:
        steps: all that run, in order.
        given, wanted: buffers in the caller's memory, to read and to write.
        sources, targets: which input and which output each of these is.
        copies: outputs that are inputs, and which.
    """

    steps: tuple[Step, ...]
    given: tuple[Buffer, ...]
    wanted: tuple[Buffer, ...]
    sources: tuple[int, ...]
    targets: tuple[int, ...]
    copies: tuple[tuple[int, int], ...]


def with_borders(steps: Sequence[Step], inputs: Sequence[Buffer], outputs: Sequence[Buffer]) -> Borders:
    """Returns steps with those that int8 inputs and outputs take, and those that two outputs of the same bytes take."""
    before, given, sources = [], [], []
    read = {b.root() for s in steps for b in s.reads}
    for i, buffer in enumerate(inputs):
        if buffer not in read:
            continue
        outside = Buffer(buffer.held) if buffer.held.is_flipped else buffer
        given.append(outside)
        sources.append(i)
        if outside is not buffer:
            before.append(Step(_flip(buffer.held), (outside,), (buffer,)))
    after, wanted, targets, copies = [], [], [], []
    place = {b: i for i, b in enumerate(inputs)}
    seen: set[Buffer] = set()
    for i, buffer in enumerate(outputs):
        root = buffer.root()
        if root in place:
            copies.append((i, place[root]))
            continue
        # What two outputs share, what is flipped and what is constant is copied to where the caller wants it.
        direct = not buffer.held.is_flipped and root not in seen and root.constant is None
        outside = root if direct else Buffer(buffer.held)
        wanted.append(outside)
        targets.append(i)
        seen.add(root)
        if not direct:
            call = _flip(buffer.held) if buffer.held.is_flipped else _copy(buffer.held)
            after.append(Step(call, (root,), (outside,)))
    done = tuple(s for s in (*before, *steps, *after) if s.call.kernel is not None)
    return Borders(done, tuple(given), tuple(wanted), tuple(sources), tuple(targets), tuple(copies))


def lives(steps: Sequence[Step]) -> dict[Buffer, tuple[int, int]]:
    """Returns the first and the last step that has to do with each buffer that has bytes."""
    lives: dict[Buffer, tuple[int, int]] = {}
    for i, step in enumerate(steps):
        for buffer in (*step.reads, *step.writes):
            root = buffer.root()
            lives[root] = lives.get(root, (i, i))[0], i
    return lives


def _flip(held: Held) -> Call:
    return Call("flip", None, (0,), (held,), units=held.bytes, grain=1 << 18)


def _copy(held: Held) -> Call:
    return Call("copy", None, (0,), (held,), units=held.bytes, grain=1 << 18)
