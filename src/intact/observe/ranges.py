"""The ranges of a model's values: what calibration finds out, and a file of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from intact.data.described import Described
from intact.errors import QuantError, UsageError, require_type
from intact.ir.graph import Graph, Value
from intact.ir.model import Model
from intact.ir.types import DType
from intact.observe.described import InputKey, agreed, by_input, keyed
from intact.observe.identity import Identity
from intact.observe.observer import Observer
from intact.observe.range import Key, Range, short
from intact.observe.ranges_file import read, write


@dataclass(frozen=True, repr=False)
class Ranges:
    """Ranges of some values of one model.

    Args:
        model: what identifies it.
        entries: by graph and tensor index.
        samples: how many they are of.
        described: how the pixels of images and the samples of sounds became numbers, by graph and tensor of the input.
    """

    model: Identity
    entries: Mapping[Key, Range]
    samples: int = 0
    described: Mapping[InputKey, Described] = field(default_factory=dict)

    @classmethod
    def of(cls, model: Model, graph: Graph, observers: Mapping[Value, Observer], samples: int = 0) -> Ranges:
        """Returns what was observed on values of one graph, in file order; a value never reached is left out.

        Raises:
            QuantError: E403 for a range that float32 cannot hold.
        """
        number = model.graphs.index(graph)
        seen = [(i, v, observers[v]) for i, v in enumerate(graph.values) if v in observers and observers[v].count]
        return cls(Identity.of(model), {(number, i): Range.of(v.name, o) for i, v, o in seen}, samples)

    def __len__(self) -> int:
        return len(self.entries)

    def __repr__(self) -> str:
        return f"Ranges({self.model.source!r}: {len(self)} values)"

    @property
    def observers(self) -> set[str]:
        """Names of the observers they are by."""
        return {entry.observer for entry in self.entries.values()}

    def lookup(self, graph: int, index: int) -> Range | None:
        """Returns the range of a tensor; None where it was not observed."""
        return self.entries.get((graph, index))

    def describe(self, model: Model, graph: Graph, described: Mapping[str, Described]) -> Ranges:
        """Returns these ranges with what the inputs of a graph stood for, by input name."""
        return replace(self, described={**self.described, **keyed(model, graph, described)})

    def inputs_of(self, model: Model, graph: Graph) -> dict[str, Described]:
        """Returns what the inputs of a graph stood for, by input name."""
        return by_input(model, graph, self.described)

    def limits(self, model: Model, levels: int = 256) -> dict[Key, tuple[float, float]]:
        """Returns (min, max) by graph and tensor index, for the model they were recorded on.

        Args:
            levels: how many numbers the integers have that the ranges are for.
        Raises:
            QuantError: E402 where they were recorded on another model, or an entry names no tensor that calibration
                observes.
        """
        difference = self.model.difference(Identity.of(model))
        if difference is not None:
            names = {value.name for graph in model.graphs for value in graph.values}
            missing = [entry.name for entry in self.entries.values() if entry.name not in names]
            reason = f"without tensors {_some(missing)}" if missing else f"which differs in {difference}"
            raise QuantError(
                f"ranges of '{self.model.source}' are given for '{model.source}', {reason}",
                code="E402",
                expected="ranges of the same model",
                fix=f"Record them anew: {_calibrate(model)}",
            )
        for key, entry in self.entries.items():
            fault = _misplaced(model, key, entry)
            if fault is not None:
                raise QuantError(
                    f"a range is given for tensor {key[1]} '{short(entry.name)}' of graph {key[0]}, but {fault}",
                    code="E402",
                    expected="float tensors that the model computes or takes, by their own index and name",
                    fix=f"Correct or remove that entry, or record all anew: {_calibrate(model)}",
                )
        return {key: entry.limits(levels) for key, entry in self.entries.items()}

    def merge(self, other: Ranges) -> Ranges:
        """Returns ranges that hold what either holds, as if one calibration had seen all samples.

        Raises:
            QuantError: E402 where they belong to different models, or to samples that were read differently.
            UsageError: E003 for anything but ranges.
        """
        require_type(other, Ranges, "Ranges.load(path) reads them")
        difference = self.model.difference(other.model)
        if difference is not None:
            raise QuantError(
                f"ranges of '{self.model.source}' and of '{other.model.source}', which differ in {difference}",
                code="E402",
                expected="ranges of one model",
            )
        merged = dict(self.entries)
        for key, new in other.entries.items():
            merged[key] = merged[key].merge(new) if key in merged else new
        described = agreed(self.described, other.described)
        return Ranges(self.model, dict(sorted(merged.items())), self.samples + other.samples, described)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a text file, one line a value; it is there in whole or not at all.

        Raises:
            UsageError: E002, also for a file that is there and holds something else than ranges.
        """
        write(path, self.model, self.entries, self.samples, self.described)

    @classmethod
    def load(cls, *paths: str | os.PathLike[str]) -> Ranges:
        """Returns the ranges of a file, or of several merged.

        Raises:
            UsageError: E001; E003 where no path is given.
            QuantError: E402 for anything but a file of ranges of this version, or files of different models
                or of samples that were read differently; E403 for a range that is not finite.
        """
        if not paths:
            raise UsageError("no file of ranges was named", expected="one path or more")
        loaded = [cls(*read(path)) for path in paths]
        merged = loaded[0]
        for path, ranges in zip(paths[1:], loaded[1:], strict=True):
            try:
                merged = merged.merge(ranges)
            except QuantError as fault:
                raise fault.at(str(path)) from None
        return merged


def _misplaced(model: Model, key: Key, entry: Range) -> str | None:
    """Says why a tensor of the model can have no such range; only files changed by hand hold one."""
    number, index = key
    if number >= len(model.graphs):
        return f"the model has {len(model.graphs)} graph{'s' if len(model.graphs) > 1 else ''}"
    graph = model.graphs[number]
    if index >= len(graph.values):
        return f"the graph has {len(graph.values)} tensors"
    value = graph.values[index]
    if value.name != entry.name:
        return f"that is '{short(value.name)}'"
    if value.dtype != DType.FLOAT32:
        return f"that is {value.dtype.value}"
    return "that is a constant" if value.is_constant and value not in graph.inputs else None


def _calibrate(model: Model) -> str:
    return f"intact calibrate {model.source} --data DATA -o RANGES"


def _some(names: list[str]) -> str:
    shown = ", ".join(f"'{short(n)}'" for n in names[:3])
    return shown + (f" and {len(names) - 3} more" if len(names) > 3 else "")
