"""Whether two models are the same, and where they are not: structure, attributes, every bit of every constant."""

from __future__ import annotations

import contextlib
import dataclasses
import struct
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

from intact.ir.graph import Buffer, Graph, Node, Value
from intact.ir.model import Model, SignatureDef


def differences(a: Model, b: Model, limit: int = 20, *, file_facts: bool = True) -> list[str]:
    """Returns in what two models differ, a line each, in file order; nothing where they are the same.

    Tensors correspond by position, and so do graphs and nodes. Floats are the same where their bits are. What
    the models are called in messages is not compared.

    Args:
        limit: lines after which comparing stops.
        file_facts: compare also what only a file has: `meta`, and the list of its buffers.
    """
    comparison = _Comparison(a, b, limit, file_facts)
    with contextlib.suppress(_EnoughError):
        comparison.models()
    return comparison.found


class _EnoughError(Exception):
    """As many differences as were asked for."""


class _Comparison:
    def __init__(self, a: Model, b: Model, limit: int, file_facts: bool) -> None:
        self.found: list[str] = []
        self._models = a, b
        self._limit = limit
        self._file_facts = file_facts
        self._places = _places(a), _places(b)
        self._partners: tuple[dict[Buffer, Buffer], dict[Buffer, Buffer]] = {}, {}

    def models(self) -> None:
        a, b = self._models
        self.same("model", "description", a.description, b.description)
        self.same("model", "tail", a.tail, b.tail)
        self.meta("model", a, b)
        if self._file_facts:
            for index, pair in self.pairs("model", "buffers", a.buffers, b.buffers):
                self.buffers(f"buffer {index}", *pair)
        for index, (left, right) in self.pairs("model", "graphs", a.graphs, b.graphs):
            self.graphs(f"graph {index}", left, right)
        for index, (old, new) in self.pairs("model", "signatures", a.signatures, b.signatures):
            self.signatures(f"signature {index}", old, new)
        for index, (one, other) in self.pairs("model", "metadata", a.metadata, b.metadata):
            self.same(f"metadata {index}", "name", one.name, other.name)
            self.buffers(f"metadata {index}", one.buffer, other.buffer)

    def graphs(self, where: str, a: Graph, b: Graph) -> None:
        self.same(where, "name", a.name, b.name)
        self.meta(where, a, b)
        for index, pair in self.pairs(where, "tensors", a.values, b.values):
            self.values(f"{where} tensor {index} '{pair[0].name}'", *pair)
        for index, (left, right) in self.pairs(where, "nodes", a.nodes, b.nodes):
            self.nodes(f"{where} node {index} {left.op.name}", left, right)
        self.references(where, "inputs", a.inputs, b.inputs)
        self.references(where, "outputs", a.outputs, b.outputs)

    def values(self, where: str, a: Value, b: Value) -> None:
        for field in ("name", "dtype", "is_variable", "sparsity", "quant"):
            self.same(where, field, getattr(a, field), getattr(b, field))
        for field in ("shape", "signature"):
            self.same(where, field, getattr(a.type, field), getattr(b.type, field))
        for field in ("block_scales", "block_zero_points"):
            self.references(where, field, [getattr(a, field)], [getattr(b, field)])
        self.buffers(where, a.buffer, b.buffer)
        self.meta(where, a, b)

    def nodes(self, where: str, a: Node, b: Node) -> None:
        self.same(where, "operator", a.op, b.op)
        self.same(where, "version", a.version, b.version)
        for field in ("inputs", "outputs", "intermediates", "subgraphs"):
            self.references(where, field, getattr(a, field), getattr(b, field))
        self.meta(where, a, b)

    def signatures(self, where: str, a: SignatureDef, b: SignatureDef) -> None:
        self.same(where, "key", a.key, b.key)
        self.references(where, "graph", [a.graph], [b.graph])
        for field in ("inputs", "outputs"):
            ours, theirs = getattr(a, field), getattr(b, field)
            self.same(where, f"names of {field}", list(ours), list(theirs))
            self.references(where, field, list(ours.values()), list(theirs.values()))

    def meta(self, where: str, a: Any, b: Any) -> None:
        if self._file_facts:
            for key in dict.fromkeys([*a.meta, *b.meta]):
                self.same(where, f"meta {key}", a.meta.get(key), b.meta.get(key))

    def references(self, where: str, what: str, a: Sequence[object], b: Sequence[object]) -> None:
        """Compares what is referred to by where it stands in its model."""
        ours, theirs = ([p.get(item, "elsewhere") for item in i] for p, i in zip(self._places, (a, b), strict=True))
        self.same(where, what, ours, theirs)

    def buffers(self, where: str, a: Buffer | None, b: Buffer | None) -> None:
        """Compares contents, and whether those who share a buffer in one model share it in the other."""
        if a is None or b is None:
            if a is not b:
                self.report(where, "contents", a, b)
            return
        to_b, to_a = self._partners
        if a not in to_b and b not in to_a:
            to_b[a], to_a[b] = b, a
            if not _same(a, b):
                self.report(where, "contents", _contents(a, b), _contents(b, a))
        elif to_b.get(a) is not b:
            self.report(where, "contents are shared", a in to_b, b in to_a)

    def pairs(self, where: str, what: str, a: Sequence[Any], b: Sequence[Any]) -> Iterator[tuple[int, tuple[Any, Any]]]:
        """Yields what stands at the same position in both."""
        self.same(where, f"number of {what}", len(a), len(b))
        yield from enumerate(zip(a, b, strict=False))

    def same(self, where: str, what: str, a: object, b: object) -> None:
        if not _same(a, b):
            self.report(where, what, a, b)

    def report(self, where: str, what: str, a: object, b: object) -> None:
        self.found.append(f"{where}: {what}: {_show(a)}, {_show(b)}")
        if len(self.found) >= self._limit:
            raise _EnoughError


def _places(model: Model) -> dict[object, str]:
    places: dict[object, str] = {None: "none"}
    for index, graph in enumerate(model.graphs):
        places[graph] = f"graph {index}"
        places.update({value: f"{index}/{i}" for i, value in enumerate(graph.values)})
    return places


def _same(a: Any, b: Any) -> bool:
    """Equality that looks at bits and types: NaN is NaN, 0.0 is not -0.0, 1 is not True."""
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return struct.pack("d", a) == struct.pack("d", b)
    if isinstance(a, Buffer):
        return a.is_stored == b.is_stored and bool(np.array_equal(a.data, b.data))
    if isinstance(a, np.ndarray):
        return bool(a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes())
    if isinstance(a, Mapping):
        return _same(list(a.items()), list(b.items()))
    if isinstance(a, list | tuple):
        missing = object()
        return all(_same(x, y) for x, y in zip_longest(a, b, fillvalue=missing))
    if dataclasses.is_dataclass(a) and not isinstance(a, type):
        return all(_same(getattr(a, f.name), getattr(b, f.name)) for f in dataclasses.fields(a))
    return bool(a == b)


def _contents(buffer: Buffer, other: Buffer) -> str:
    """The bytes from the first that differs."""
    if not buffer.is_stored:
        return "none"
    count = min(buffer.data.size, other.data.size)
    unequal = np.flatnonzero(buffer.data[:count] != other.data[:count])
    first = int(unequal[0]) if unequal.size else count
    return f"{buffer.data.size} bytes, at {first} {bytes(buffer.data[first : first + 8]).hex(' ') or 'the end'}"


def _show(item: object) -> str:
    text = str(item)
    return text if len(text) <= 100 else f"{text[:97]}..."
