"""Samples that Python code hands over."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from intact.data.from_files import How, from_file, kind_of, one_input
from intact.data.layout import Record
from intact.data.match import by_name, for_inputs
from intact.data.spool import Spool
from intact.data.stored import InMemory, Stored
from intact.errors import DataError
from intact.files import as_path
from intact.ir.port import Port
from intact.ir.types import Array

Keep = Callable[[Array], Stored]


def from_python(source: Any, ports: Sequence[Port], how: How) -> tuple[list[Record], list[str]]:
    """Returns the records of a Python object and notes on what of it was not used.

    Anything but a list or tuple is read once; what it yields waits in a temporary file, so that memory holds one entry.

    Raises:
        UsageError: E001, E002.
        DataError: E301, E305, E306.
    """
    if callable(source) and not hasattr(source, "__array__"):
        source = source()
    if isinstance(source, Mapping) or hasattr(source, "__array__"):
        arrays, notes = _entry(source, ports, how, InMemory, "samples")
        return [Record("samples", "samples", arrays)], notes
    if not isinstance(source, Iterable):
        raise DataError(
            f"samples are given as {type(source).__name__}",
            code="E306",
            expected="a path, an array, a dict of arrays, or an iterable of those",
        )
    once = not isinstance(source, list | tuple)
    keep = Spool().put if once else InMemory
    records: list[Record] = []
    notes = []
    for index, entry in enumerate(source):
        where = f"samples[{index}]"
        if isinstance(entry, str | os.PathLike):
            found, more = from_file(as_path(entry), ports, how)
            records += [Record(f"{where} {r.label}", r.where, r.arrays) for r in found]
        else:
            arrays, more = _entry(entry, ports, how, keep, where)
            records.append(Record(where, where, arrays))
        notes += more
    if not records:
        raise DataError(
            "there are no samples: the iterable is empty",
            code="E301",
            expected="at least one",
            fix="An iterator that was read before is empty; give a list, or the function that makes the iterator",
            where="samples",
        )
    if once:
        notes.append(f"the {type(source).__name__} was read once, to its end: {len(records)} entries")
    return records, notes


def _entry(
    entry: Any, ports: Sequence[Port], how: How, keep: Keep, where: str
) -> tuple[Mapping[str, Stored], list[str]]:
    """Returns the arrays of a dict, of a list with an array for each input, or of one array."""
    if isinstance(entry, Mapping):
        if any(isinstance(value, str | os.PathLike) for value in entry.values()):
            return _files(entry, ports, how, where)
        return for_inputs({str(name): _array(value, keep, where) for name, value in entry.items()}, ports, where)
    is_list = isinstance(entry, list | tuple)
    # For one input, [x] with x an array is the list with an array for each input; [1.0, 2.0] is an array itself.
    if is_list and len(entry) == len(ports) and (len(ports) > 1 or isinstance(entry[0], np.ndarray)):
        return {p.name: _array(part, keep, where) for p, part in zip(ports, entry, strict=True)}, []
    if len(ports) > 1:
        raise DataError(
            f"{f'a list of {len(entry)}' if is_list else 'one array'} is given for {len(ports)} inputs",
            code="E305",
            expected="a dict with " + ", ".join(f"'{p.name}'" for p in ports) + ", or a list of arrays in that order",
            where=where,
        )
    shapes = [list(part.shape) for part in entry if hasattr(part, "shape")] if is_list else []
    if len(shapes) > 1 and shapes.count(shapes[0]) < len(entry):
        raise DataError(
            f"a list of {len(entry)} arrays is given for 1 input, of shapes {', '.join(map(str, shapes))}",
            code="E305",
            expected=f"an array for '{ports[0].name}' alone",
            fix="Where the others are labels, leave them out: (x for x, *_ in data)",
            where=where,
        )
    return {ports[0].name: _array(entry, keep, where)}, []


def _files(
    entry: Mapping[str, Any], ports: Sequence[Port], how: How, where: str
) -> tuple[Mapping[str, Stored], list[str]]:
    """Returns the arrays of a dict with a file for each input."""
    chosen, notes = by_name({str(name): value for name, value in entry.items()}, ports, where, "file")
    paths: dict[str, Path] = {name: as_path(value) for name, value in chosen.items()}
    return {p.name: one_input(paths[p.name], kind_of(paths[p.name]), p, how) for p in ports}, notes


def _array(value: Any, keep: Keep, where: str) -> Stored:
    try:
        return keep(np.asarray(value))
    except (ValueError, TypeError, RuntimeError) as fault:  # the last is what tensors of other libraries raise
        raise DataError(f"is no array: {fault}", code="E306", where=where) from fault
