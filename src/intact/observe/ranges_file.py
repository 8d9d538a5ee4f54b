"""The file of ranges: text, one line a value."""

from __future__ import annotations

import importlib.metadata
import json
import math
import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from intact.data.described import Described
from intact.errors import QuantError, UsageError
from intact.files import as_path, atomic_write, readable
from intact.formats.format import formats
from intact.observe.described import InputKey, entries_of, of_entries
from intact.observe.identity import Identity
from intact.observe.observer import Observer
from intact.observe.range import Key, Range, short

FORMAT: Final = "intact ranges"
VERSION: Final = 1
_HEAD_BYTES: Final = 200
"""By then a file of ranges has said what it is."""


def write(
    path: str | os.PathLike[str],
    model: Identity,
    entries: Mapping[Key, Range],
    samples: int,
    described: Mapping[InputKey, Described],
) -> None:
    """Writes ranges; the file is there in whole or not at all.

    Args:
        described: what the inputs stood for; a file has the field `inputs` only where something is known of them.
    Raises:
        UsageError: E002, also for a file that is there and holds something else than ranges.
    """
    require_ranges_file(path)
    head = {
        "format": FORMAT,
        "version": VERSION,
        "intact": importlib.metadata.version("intact"),
        "model": vars(model),
        "samples": samples,
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
        for (g, index), r in entries.items()
    ]
    fields = [f'"{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in head.items()]
    if described:
        fields.append(_list("inputs", entries_of(described)))
    fields.append(_list("values", lines))
    text = "{\n " + ",\n ".join(fields) + "\n}\n"
    with atomic_write(path) as stream:
        stream.write(text.encode("utf-8", "surrogatepass"))


def _list(name: str, lines: Sequence[str]) -> str:
    return f'"{name}": [\n  ' + ",\n  ".join(lines) + "\n ]" if lines else f'"{name}": []'


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


def _shortest(number: float) -> float:
    """Returns the number with the fewest digits that is this one in float32: 0.1, not 0.10000000149011612."""
    return float(str(np.float32(number)))


def read(path: str | os.PathLike[str]) -> tuple[Identity, dict[Key, Range], int, dict[InputKey, Described]]:
    """Returns the model that ranges are of, the ranges, over how many samples they are, and what its inputs stood for.

    Raises:
        UsageError: E001.
        QuantError: E402 for anything but a file of ranges of this version, E403 for a range that is not finite.
    """
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


def _parsed(data: bytes) -> tuple[Identity, dict[Key, Range], int, dict[InputKey, Described]]:
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
    samples = _counted(content, "samples", "the file")
    entries: dict[Key, Range] = {}
    for number, value in enumerate(_field(content, "values", "the file", list)):
        key, entry = _entry(value, f"entry {number} of 'values'")
        if key in entries:
            raise _FaultyError(f"tensor {key[1]} '{short(entry.name)}' of graph {key[0]} is in it twice")
        entries[key] = entry
    try:
        described = of_entries(_field(content, "inputs", "the file", list) if "inputs" in content else [])
    except ValueError as fault:
        raise _FaultyError(str(fault)) from None
    return identity, entries, samples, described


def _entry(value: Any, where: str) -> tuple[Key, Range]:
    if not isinstance(value, dict):
        raise _FaultyError(f"{where} is {_shown(value)}, which is no object")
    name: str = _field(value, "name", where, str)
    where += f" (tensor '{short(name)}')"
    counts = {field: _counted(value, field, where) for field in ("graph", "index", "count")}
    low, high = (_float(_field(value, field, where, int, float)) for field in ("min", "max"))
    state = None
    if "observer" in value:
        state = {k: v for k, v in value.items() if k not in {"graph", "index", "name", "min", "max"}}
        try:
            seen = Range.of(name, Observer.from_state(state))
        except UsageError as fault:
            raise _FaultyError(f"{where}: {fault.problem}") from None
        except (KeyError, ValueError, TypeError, IndexError, AttributeError, OverflowError) as fault:
            raise _FaultyError(f"{where} has no state of observer '{value['observer']}' ({fault!r})") from None
        if (low, high) != (_shortest(seen.min), _shortest(seen.max)):
            raise _FaultyError(
                f"{where} has min {low} and max {high}, but its observer's state says {_shortest(seen.min)} and "
                f"{_shortest(seen.max)}; for a range set by hand, leave 'observer' and its state out"
            )
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


def _counted(owner: Mapping[str, Any], name: str, where: str) -> int:
    count: int = _field(owner, name, where, int)
    if count < 0:
        raise _FaultyError(f"'{name}' of {where} is {count}, which is negative")
    return count


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
    return json.dumps(short(value) if isinstance(value, str) else value)
