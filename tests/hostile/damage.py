"""Ways to damage a .tflite file: its bytes, and what it says."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as s

NUMBERS = (0, 1, 4, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
SIZES = (-(2**31), -2, -1, 0, 1, 2, 3, 5, 7, 100, 2**31 - 1)


def damaged(data: bytes, rng: random.Random, count: int) -> Iterator[bytes]:
    """The file with some bits, bytes or numbers of it changed."""
    for _ in range(count):
        changed = bytearray(data)
        for _ in range(rng.choice((1, 1, 1, 2, 5))):
            at = rng.randrange(len(data))
            kind = rng.randrange(3)
            if kind == 0:
                changed[at] ^= 1 << rng.randrange(8)
            elif kind == 1:
                changed[at] = rng.randrange(256)
            else:
                number = rng.choice((*NUMBERS, len(data), rng.randrange(len(data)), rng.getrandbits(32)))
                struct.pack_into("<I", changed, min(at & ~3, len(data) - 4), number)
        yield bytes(changed)


def altered(data: bytes, rng: random.Random, count: int) -> Iterator[bytes]:
    """A whole file that says something else: shapes, types, wiring, attributes, contents. Most of it is impossible."""
    while count:
        model = s.ModelT.InitFromObj(s.Model.GetRootAs(data))
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            rng.choice(_CHANGES)(model, rng.choice(model.subgraphs), rng)
        builder = flatbuffers.Builder(len(data))
        try:
            builder.Finish(model.Pack(builder), b"TFL3")
        except TypeError:  # a number that the field has no room for
            continue
        count -= 1
        yield bytes(builder.Output())


def _size(_: Any, graph: Any, rng: random.Random) -> None:
    tensor = rng.choice(graph.tensors)
    if tensor.shape is not None and len(tensor.shape):
        tensor.shape = _with_one_of(tensor.shape, SIZES, rng)


def _rank(_: Any, graph: Any, rng: random.Random) -> None:
    tensor = rng.choice(graph.tensors)
    sizes = [] if tensor.shape is None else list(tensor.shape)
    at = rng.randrange(len(sizes) + 1)
    tensor.shape = sizes[:at] if rng.random() < 0.5 else [*sizes[:at], rng.randrange(4), *sizes[at:]]


def _type(_: Any, graph: Any, rng: random.Random) -> None:
    rng.choice(graph.tensors).type = rng.randrange(18)


def _buffer(model: Any, graph: Any, rng: random.Random) -> None:
    rng.choice(graph.tensors).buffer = rng.randrange(len(model.buffers))


def _operand(_: Any, graph: Any, rng: random.Random) -> None:
    operator = rng.choice(graph.operators)
    if operator.inputs is not None and len(operator.inputs):
        operator.inputs = _with_one_of(operator.inputs, range(-1, len(graph.tensors)), rng)


def _attribute(_: Any, graph: Any, rng: random.Random) -> None:
    options = rng.choice(graph.operators).builtinOptions
    names = [name for name, value in vars(options).items() if isinstance(value, int | float)] if options else []
    if not names:
        return
    name = rng.choice(names)
    match getattr(options, name):
        case bool(value):
            setattr(options, name, not value)
        case float():
            setattr(options, name, rng.choice((float("nan"), float("inf"), -1.0, 0.0, 1e30)))
        case _ if "padding" in name or "Activation" in name:
            setattr(options, name, rng.randrange(8))
        case _:
            setattr(options, name, rng.choice(SIZES))


def _contents(model: Any, _: Any, rng: random.Random) -> None:
    short = [buffer for buffer in model.buffers if buffer.data is not None and 4 <= len(buffer.data) <= 64]
    if short:
        buffer = rng.choice(short)
        changed = bytearray(np.asarray(buffer.data, np.uint8).tobytes())
        struct.pack_into("<i", changed, rng.randrange(len(changed) // 4) * 4, rng.choice(SIZES))
        buffer.data = np.frombuffer(changed, np.uint8)


_CHANGES: tuple[Callable[[Any, Any, random.Random], None], ...] = (
    _size, _rank, _type, _buffer, _operand, _attribute, _attribute, _contents,
)  # fmt: skip


def _with_one_of(numbers: Any, choices: Any, rng: random.Random) -> list[int]:
    changed = list(numbers)
    changed[rng.randrange(len(changed))] = rng.choice(choices)
    return changed
