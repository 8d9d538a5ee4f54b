"""Samples that Python code hands over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from intact.data.match import for_inputs
from intact.data.samples import Record
from intact.data.stored import InMemory, Stored
from intact.errors import DataError
from intact.ir.port import Port


def from_python(source: Any, ports: Sequence[Port]) -> tuple[list[Record], list[str]]:
    """Returns the records of a Python object and notes on what of it was not used.

    Raises:
        DataError: E301, E305, E306.
    """
    if callable(source) and not hasattr(source, "__array__"):
        source = source()
    if isinstance(source, Mapping) or hasattr(source, "__array__"):
        arrays, notes = _entry(source, ports, "samples")
        return [Record("samples", "samples", arrays)], notes
    if not isinstance(source, Iterable):
        raise DataError(
            f"samples are given as {type(source).__name__}",
            code="E306",
            expected="a path, an array, a dict of arrays, or an iterable of those",
        )
    records, notes = [], []
    for index, entry in enumerate(source):
        arrays, more = _entry(entry, ports, f"samples[{index}]")
        records.append(Record(f"samples[{index}]", f"samples[{index}]", arrays))
        notes += more
    if not records:
        raise DataError(
            "there are no samples: the iterable is empty",
            code="E301",
            expected="at least one",
            fix="An iterator that was read before is empty; give a list, or the function that makes the iterator",
            where="samples",
        )
    return records, notes


def _entry(entry: Any, ports: Sequence[Port], where: str) -> tuple[Mapping[str, Stored], list[str]]:
    """Returns the arrays of a dict, of a list with an array for each input, or of one array."""
    if isinstance(entry, Mapping):
        return for_inputs({str(name): _array(value, where) for name, value in entry.items()}, ports, where)
    is_list = isinstance(entry, list | tuple)
    # For one input, [x] with x an array is the list with an array for each input; [1.0, 2.0] is an array itself.
    if is_list and len(entry) == len(ports) and (len(ports) > 1 or isinstance(entry[0], np.ndarray)):
        return {p.name: _array(part, where) for p, part in zip(ports, entry, strict=True)}, []
    if len(ports) > 1:
        raise DataError(
            f"{f'a list of {len(entry)}' if is_list else 'one array'} is given for {len(ports)} inputs",
            code="E305",
            expected="a dict with " + ", ".join(f"'{p.name}'" for p in ports) + ", or a list of arrays in that order",
            where=where,
        )
    return {ports[0].name: _array(entry, where)}, []


def _array(value: Any, where: str) -> InMemory:
    try:
        return InMemory(np.asarray(value))
    except (ValueError, TypeError) as fault:
        raise DataError(f"is no array: {fault}", code="E306", where=where) from fault
