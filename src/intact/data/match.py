"""Which array is for which input."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from intact.data.shape_rule import fit
from intact.data.stored import Stored
from intact.errors import DataError
from intact.ir.port import Port

LABELS = "y"
"""What an array of labels beside the samples is called; it is not missed as an input."""

T = TypeVar("T")
S = TypeVar("S", bound=Stored)


def for_inputs(given: Mapping[str, Stored], ports: Sequence[Port], where: str) -> tuple[dict[str, Stored], list[str]]:
    """Returns the array for each input, by the input's name, and notes on what was not used.

    Raises:
        DataError: E305.
    """
    return for_one_input(given, ports[0], where) if len(ports) == 1 else by_name(given, ports, where)


def by_name(
    given: Mapping[str, T], ports: Sequence[Port], where: str, what: str = "array"
) -> tuple[dict[str, T], list[str]]:
    """Returns what is given for each input, by the input's name, and notes on what was not used.

    An input is meant by its name, an alias, or either with `/` and `:` replaced by `_`, as file names need it.

    Args:
        where: what holds it, for messages.
        what: what is given, for messages: an array, a folder.
    Raises:
        DataError: E305 for an input without data and for data without an input.
    """
    chosen: dict[str, T] = {}
    left = dict(given)
    for port in ports:
        name = next((n for n in names_of(port) if n in left), None)
        if name is not None:
            chosen[port.name] = left.pop(name)
    missing = [port.name for port in ports if port.name not in chosen]
    if missing:
        raise DataError(
            f"input '{missing[0]}' has no data: the {what}s are {listed(given)}",
            code="E305",
            expected=f"{what}s named {listed(port.name for port in ports)}",
            fix=_closest(missing[0], left),
            where=where,
        )
    extra = [name for name in left if name != LABELS]
    if extra:
        known = [n for port in ports for n in (port.name, *port.aliases)]
        raise DataError(
            f"{what} '{extra[0]}' names no input of the model",
            code="E305",
            expected=f"{what}s named {listed(port.name for port in ports)}",
            fix=_closest(extra[0], known) or "Leave it out",
            where=where,
        )
    return chosen, [f"{what} '{name}' is not used" for name in left]


def for_one_input(given: Mapping[str, S], port: Port, where: str) -> tuple[dict[str, S], list[str]]:
    """Returns the array for the only input of a model, by the input's name, and notes on what was not used.

    It is the one with the input's name or an alias, else the one called `x`, else the only one whose shape fits.

    Raises:
        DataError: E305 where that leaves none, or several.
    """
    fitting = [n for n, a in given.items() if n != LABELS and fit(a.shape, port.type)]
    name = next((n for n in (*names_of(port), "x") if n in given), None)
    notes = []
    if name is None:
        # One array alone is surely meant, and what is wrong with its shape is the better message.
        name = next(iter(given)) if len(given) == 1 else fitting[0] if len(fitting) == 1 else None
        notes.append(f"array '{name}' is taken for input '{port.name}'")
    if name is None:
        shapes = [f"{n} {list(a.shape)}" for n, a in given.items()]
        raise DataError(
            f"input '{port.name}' has no data: the arrays are {listed(shapes)}",
            code="E305",
            expected=f"one named '{port.name}' or 'x', or only one whose shape fits",
            fix=_closest(port.name, given),
            where=where,
        )
    unused = [f"array '{n}' is not used" for n in given if n != name]
    return {port.name: given[name]}, notes + unused


def names_of(port: Port) -> list[str]:
    """Returns what an input may be called: its name, its aliases, and both as file names can have them."""
    names = [port.name, *port.aliases]
    return names + [n.replace("/", "_").replace(":", "_") for n in names]


def listed(names: Iterable[str]) -> str:
    """Returns names in quotes, the first eight of them."""
    quoted = [f"'{n}'" for n in names]
    return ", ".join(quoted[:8]) + (f" and {len(quoted) - 8} more" if len(quoted) > 8 else "") or "none"


def _closest(name: str, known: Iterable[str]) -> str | None:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"Perhaps '{close[0]}' is meant" if close else None
