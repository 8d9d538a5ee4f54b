"""What a file of ranges keeps of the inputs: how the pixels and sounds became numbers that were observed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from intact.data.described import Described, ImageInput, from_dict
from intact.errors import IntactError, QuantError
from intact.ir.graph import Graph
from intact.ir.model import Model
from intact.ir.port import input_names
from intact.observe.range import short

InputKey = tuple[int, str]
"""Number of a graph, and the name of the tensor that is its input."""


def keyed(model: Model, graph: Graph, described: Mapping[str, Described]) -> dict[InputKey, Described]:
    """Returns descriptions that are by input name, as users have it, by graph and tensor."""
    number, values = model.graphs.index(graph), input_names(model, graph)
    return {(number, values[name].name): one for name, one in described.items() if name in values}


def by_input(model: Model, graph: Graph, described: Mapping[InputKey, Described]) -> dict[str, Described]:
    """Returns the descriptions of a graph's inputs by the name that users know them by."""
    number, values = model.graphs.index(graph), input_names(model, graph)
    return {name: one for name, v in values.items() if (one := described.get((number, v.name))) is not None}


def agreed(mine: Mapping[InputKey, Described], other: Mapping[InputKey, Described]) -> dict[InputKey, Described]:
    """Returns what two calibrations say of the inputs together; one that says nothing of an input contradicts nothing.

    Raises:
        QuantError: E402 where they differ: their ranges are of numbers that mean different things.
    """
    found = dict(mine)
    for key, one in other.items():
        have = mine.get(key, one)
        found[key], again = _completed(one, have), _completed(have, one)
        if found[key] != again:
            texts = (str(have), str(one)) if str(have) != str(one) else (_text(have), _text(one))
            raise QuantError(
                f"input '{short(key[1])}' was read as '{texts[0]}' by one calibration and as '{texts[1]}' by the other",
                code="E402",
                expected="ranges of samples that were read alike",
                fix="Calibrate again with the same --image and --audio",
            )
    return found


def entries_of(described: Mapping[InputKey, Described]) -> list[str]:
    """Returns the lines of a file: those of the block INTACT_INPUTS, and the number of the graph."""
    return [
        json.dumps({"graph": graph, "input": name, **one.as_dict()}, ensure_ascii=False)
        for (graph, name), one in sorted(described.items(), key=lambda item: item[0])
    ]


def of_entries(entries: Sequence[Any]) -> dict[InputKey, Described]:
    """Returns the descriptions of a file's entries.

    Raises:
        ValueError: one is none, in words.
    """
    found: dict[InputKey, Described] = {}
    for number, entry in enumerate(entries):
        where = f"entry {number} of 'inputs'"
        if not isinstance(entry, dict):
            raise ValueError(f"{where} is no object")
        graph, name = entry.get("graph"), entry.get("input")
        if not isinstance(graph, int) or isinstance(graph, bool) or graph < 0 or not isinstance(name, str):
            raise ValueError(f"{where} has no 'graph' that is a number and 'input' that is a name")
        if (graph, name) in found:
            raise ValueError(f"input '{short(name)}' of graph {graph} is described twice")
        try:
            found[graph, name] = from_dict({k: v for k, v in entry.items() if k not in ("graph", "input")})
        except IntactError as fault:
            raise ValueError(f"{where} (input '{short(name)}'): {fault.problem}") from None
        except (ValueError, TypeError, OverflowError) as fault:
            raise ValueError(f"{where} (input '{short(name)}') is no description: {fault}") from None
    return found


def _completed(one: Described, other: Described) -> Described:
    """Returns a description with the channels and layout that files have shown; arrays leave them open."""
    if not (isinstance(one, ImageInput) and isinstance(other, ImageInput)):
        return one
    return replace(one, channels=one.channels or other.channels, layout=one.layout or other.layout)


def _text(one: Described) -> str:
    return json.dumps(one.as_dict())
