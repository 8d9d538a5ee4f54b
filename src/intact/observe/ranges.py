"""The ranges of a model's values: what calibration finds out, and a file of it."""

from __future__ import annotations

import importlib.metadata
import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from intact.errors import QuantError, UsageError, require_type
from intact.files import as_path, atomic_write, readable
from intact.formats.format import formats
from intact.ir.graph import Graph, Value
from intact.ir.model import Model
from intact.ir.types import DType
from intact.observe.identity import Identity
from intact.observe.min_max import MinMax
from intact.observe.observer import Observer

FORMAT: Final = "intact ranges"
VERSION: Final = 1
_HEAD_BYTES: Final = 200
"""By then a file of ranges has said what it is."""

Key = tuple[int, int]
"""Graph index and tensor index."""


@dataclass(frozen=True)
class Range:
    """The smallest and largest real number a value takes, as float32 numbers.

    Args:
        name: the value's name.
        count: elements that were observed; 0 where that is not known.
        state: all that an observer remembers, in types JSON has; None for one that remembers no more than this.

    Raises:
        QuantError: E403 for a range that is not finite or ends before it begins.
    """

    name: str
    min: float
    max: float
    count: int = 0
    state: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, name: str, seen: Observer) -> Range:
        """Returns what an observer saw of a value."""
        low, high = seen.range()
        return cls(name, low, high, seen.count, None if isinstance(seen, MinMax) else seen.state())

    def limits(self, levels: int = 256) -> tuple[float, float]:
        """Returns the smallest and the largest number for as many levels as the value will have, as float32 numbers."""
        if self.state is None:
            return self.min, self.max
        low, high = Observer.from_state(self.state).range(levels)
        return float(np.float32(low)), float(np.float32(high))

    @property
    def observer(self) -> str:
        """Name of the observer."""
        return MinMax.name if self.state is None else str(self.state["observer"])

    def merge(self, later: Range) -> Range:
        """Returns the range over what both are of.

        Raises:
            QuantError: E402 where they are of different observers.
        """
        if self.observer != later.observer:
            raise QuantError(
                f"the range of '{_short(self.name)}' is of observer '{self.observer}' and of '{later.observer}'",
                code="E402",
                expected="ranges of one observer",
            )
        if self.state is None or later.state is None:
            return Range(later.name, min(self.min, later.min), max(self.max, later.max), self.count + later.count)
        seen = Observer.from_state(self.state)
        seen.merge(Observer.from_state(later.state))
        return Range.of(later.name, seen)

    def __post_init__(self) -> None:
        with np.errstate(over="ignore"):
            low, high = float(np.float32(self.min)), float(np.float32(self.max))
        if not (math.isfinite(low) and math.isfinite(high) and low <= high):
            raise QuantError(
                f"tensor '{self.name}' has the range [{self.min}, {self.max}]",
                code="E403",
                expected="two finite float32 numbers, the smaller one first",
            )
        object.__setattr__(self, "min", low)
        object.__setattr__(self, "max", high)


@dataclass(frozen=True, repr=False)
class Ranges:
    """Ranges of some values of one model."""

    model: Identity
    entries: Mapping[Key, Range]

    @classmethod
    def of(cls, model: Model, graph: Graph, observers: Mapping[Value, Observer]) -> Ranges:
        """Returns what was observed on values of one graph, in file order; a value never reached is left out.

        Raises:
            QuantError: E403 for a range that float32 cannot hold.
        """
        number = model.graphs.index(graph)
        seen = [(i, v, observers[v]) for i, v in enumerate(graph.values) if v in observers and observers[v].count]
        return cls(Identity.of(model), {(number, i): Range.of(v.name, o) for i, v, o in seen})

    def __len__(self) -> int:
        return len(self.entries)

    def __repr__(self) -> str:
        return f"Ranges({self.model.source!r}: {len(self)} values)"

    def lookup(self, graph: int, index: int) -> Range | None:
        """Returns the range of a tensor; None where it was not observed."""
        return self.entries.get((graph, index))

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
                    f"a range is given for tensor {key[1]} '{_short(entry.name)}' of graph {key[0]}, but {fault}",
                    code="E402",
                    expected="float tensors that the model computes or takes, by their own index and name",
                    fix=f"Correct or remove that entry, or record all anew: {_calibrate(model)}",
                )
        return {key: entry.limits(levels) for key, entry in self.entries.items()}

    def merge(self, other: Ranges) -> Ranges:
        """Returns ranges that hold what either holds, as if one calibration had seen all samples.

        Raises:
            QuantError: E402 where they belong to different models.
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
        return Ranges(self.model, dict(sorted(merged.items())))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a text file, one line a value; it is there in whole or not at all.

        Raises:
            UsageError: E002, also for a file that is there and holds something else than ranges.
        """
        require_ranges_file(path)
        head = {
            "format": FORMAT,
            "version": VERSION,
            "intact": importlib.metadata.version("intact"),
            "model": vars(self.model),
        }
        lines = [
            json.dumps(
                {
                    "graph": g,
                    "index": index,
                    "name": r.name,
                    "min": _shortest(r.min),
                    "max": _shortest(r.max),
                    "count": r.count,
                    **(r.state or {}),
                },
                ensure_ascii=False,
            )
            for (g, index), r in self.entries.items()
        ]
        fields = [f'"{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in head.items()]
        fields.append('"values": [\n  ' + ",\n  ".join(lines) + "\n ]" if lines else '"values": []')
        text = "{\n " + ",\n ".join(fields) + "\n}\n"
        with atomic_write(path) as stream:
            stream.write(text.encode("utf-8", "surrogatepass"))

    @classmethod
    def load(cls, *paths: str | os.PathLike[str]) -> Ranges:
        """Returns the ranges of a file, or of several merged.

        Raises:
            UsageError: E001; E003 where no path is given.
            QuantError: E402 for anything but a file of ranges of this version, or files of different models; E403 for a
                range that is not finite.
        """
        if not paths:
            raise UsageError("no file of ranges was named", expected="one path or more")
        loaded = [_load(path) for path in paths]
        merged = loaded[0]
        for path, ranges in zip(paths[1:], loaded[1:], strict=True):
            try:
                merged = merged.merge(ranges)
            except QuantError as fault:
                raise fault.at(str(path)) from None
        return merged


def require_ranges_file(path: str | os.PathLike[str]) -> None:
    """Fails where ranges would replace something else, such as a model or samples, or be taken for a model.

    Raises:
        UsageError: E002; E003 for anything but a path.
    """
    target = as_path(path, "E002")
    endings = tuple(suffix for form in formats().values() for suffix in form.suffixes)
    if target.name.lower().endswith(endings):
        raise UsageError(
            "is the name of a model", code="E002", expected="a name for ranges, such as ranges.json", where=str(path)
        )
    try:
        if not target.is_file():
            return  # none yet; or a device or a pipe, which is written to as it is
        with target.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError:
        return  # that it cannot be written is said where it is
    if head and FORMAT.encode() not in head:
        raise UsageError(
            "is there already and is no file of ranges", code="E002", fix="Choose another name", where=str(path)
        )


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
        return f"that is '{_short(value.name)}'"
    if value.dtype != DType.FLOAT32:
        return f"that is {value.dtype.value}"
    return "that is a constant" if value.is_constant and value not in graph.inputs else None


def _calibrate(model: Model) -> str:
    return f"intact calibrate {model.source} --data DATA -o RANGES"


def _short(name: str) -> str:
    # Converters name a tensor after everything that was fused into it; the front tells them apart.
    return name if len(name) <= 60 else name[:57] + "..."


def _some(names: list[str]) -> str:
    shown = ", ".join(f"'{_short(n)}'" for n in names[:3])
    return shown + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _shortest(number: float) -> float:
    """Returns the number with the fewest digits that is this one in float32: 0.1, not 0.10000000149011612."""
    return float(str(np.float32(number)))


def _load(path: str | os.PathLike[str]) -> Ranges:
    data = readable(path).read_bytes()
    try:
        return _parsed(data)
    except _FaultyError as fault:
        raise QuantError(
            f"is not a file of ranges: {fault}", code="E402", expected="what `intact calibrate` wrote", where=str(path)
        ) from None
    except QuantError as fault:
        raise fault.at(str(path)) from None


class _FaultyError(Exception):
    """What is wrong in a file, in words."""


def _parsed(data: bytes) -> Ranges:
    try:
        content = json.loads(data.decode("utf-8", "surrogatepass"))
    except UnicodeDecodeError:
        raise _FaultyError("it is not text in UTF-8") from None
    except json.JSONDecodeError as fault:
        raise _FaultyError(f"it is not JSON: {fault}") from None
    except (RecursionError, ValueError):  # ValueError: a number of thousands of digits
        raise _FaultyError("it is JSON of a depth or with numbers that no ranges have") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise _FaultyError(f'there is no "format": "{FORMAT}"')
    if content.get("version") != VERSION:
        raise _FaultyError(f"it has version {_shown(content.get('version'))}, this intact reads {VERSION}")
    model = _field(content, "model", "the file", dict)
    identity = Identity(*(_field(model, name, "'model'", str) for name in ("source", "structure", "constants")))
    entries: dict[Key, Range] = {}
    for number, value in enumerate(_field(content, "values", "the file", list)):
        key, entry = _entry(value, f"entry {number} of 'values'")
        if key in entries:
            raise _FaultyError(f"tensor {key[1]} '{_short(entry.name)}' of graph {key[0]} is in it twice")
        entries[key] = entry
    return Ranges(identity, entries)


def _entry(value: Any, where: str) -> tuple[Key, Range]:
    if not isinstance(value, dict):
        raise _FaultyError(f"{where} is {_shown(value)}, which is no object")
    name: str = _field(value, "name", where, str)
    where += f" (tensor '{_short(name)}')"
    counts = {field: _field(value, field, where, int) for field in ("graph", "index", "count")}
    for field, count in counts.items():
        if count < 0:
            raise _FaultyError(f"'{field}' of {where} is {count}, which is negative")
    low, high = (_float(_field(value, field, where, int, float)) for field in ("min", "max"))
    state = None
    if "observer" in value:
        state = {k: v for k, v in value.items() if k not in {"graph", "index", "name", "min", "max"}}
        try:
            low, high = Observer.from_state(state).range()
        except UsageError as fault:
            raise _FaultyError(f"{where}: {fault.problem}") from None
        except (KeyError, ValueError, TypeError, IndexError, AttributeError, OverflowError) as fault:
            raise _FaultyError(f"{where} has no state of observer '{value['observer']}' ({fault!r})") from None
    return (counts["graph"], counts["index"]), Range(name, low, high, counts["count"], state)


def _float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:  # an integer of hundreds of digits
        return math.inf if number > 0 else -math.inf


def _field(owner: Mapping[str, Any], name: str, where: str, *types: type) -> Any:
    """Returns a field of a file's object if it has the type; JSON's true is no number."""
    if name not in owner:
        raise _FaultyError(f"'{name}' of {where} is missing")
    value = owner[name]
    if not isinstance(value, types) or isinstance(value, bool):
        raise _FaultyError(f"'{name}' of {where} is {_shown(value)}, which is no {_KINDS[types]}")
    return value


_KINDS: Final[Mapping[tuple[type, ...], str]] = {
    (str,): "text",
    (int,): "whole number",
    (int, float): "number",
    (dict,): "object",
    (list,): "list",
}


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return json.dumps(_short(value) if isinstance(value, str) else value)
