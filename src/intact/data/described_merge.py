"""What several say of one input: the user, a file of ranges, the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intact.data.described import AudioInput, Described, ImageInput
from intact.data.described_fit import misfit, require_channels, takes
from intact.data.match import listed
from intact.errors import UsageError
from intact.ir.graph import Value
from intact.ir.model import Model
from intact.ir.port import ports

Given = Sequence[tuple[str | None, Described]]
"""Descriptions with the name of their input; None for all inputs that have the shape of such files."""


def is_numeric(one: Described | None) -> bool:
    """True where it is said how a pixel, or what a sound is made of, becomes a number."""
    return one is not None and (not isinstance(one, ImageInput) or one.is_numeric)


def merged(asked: Described, own: Described | None) -> Described:
    """Returns what is asked for, with what it leaves open from a description of the same kind."""
    if isinstance(asked, ImageInput) and isinstance(own, ImageInput):
        return asked.over(own)
    if isinstance(asked, AudioInput) and isinstance(own, AudioInput):
        return asked.over(own)
    return asked


def filled_in(model: Model, values: Mapping[str, Value], given: Given, others: Mapping[str, Described]) -> Given:
    """Returns what the user gives for inputs, with what that leaves open from what others say of them.

    Args:
        values: the inputs by name.
        others: by input name; each counts less than the user and more than the model.
    Raises:
        UsageError: E004 for a description of an input that there is not.
    """
    if not others:
        return given
    asked = by_port(model, values, given)
    return list({**others, **{name: merged(one, others.get(name)) for name, one in asked.items()}}.items())


def by_port(model: Model, values: Mapping[str, Value], given: Given) -> dict[str, Described]:
    """Returns what is given for each input, by its name.

    Raises:
        UsageError: E003 for an input that is described twice, or takes nothing of the kind, E004 for one that there
            is not.
    """
    names = {n: port.name for port in ports(dict(values)) for n in (port.name, *port.aliases)}
    found: dict[str, Described] = {}
    for name, one in given:
        if name is not None and name not in names:
            raise UsageError(
                f"there is no input '{name}' to describe", code="E004", expected=listed(values), where=model.source
            )
        if name is not None and names[name] in found:
            raise UsageError(f"input '{name}' is described twice", expected="one description", where=model.source)
        if name is not None:
            if not takes(values[names[name]].type, one):
                raise misfit(name, values[names[name]].type, one)
            found[names[name]] = one
    for one in (one for at, one in given if at is None):
        for name, value in values.items():
            if name not in found and takes(value.type, one):
                found[name] = one
        if values and not any(takes(value.type, one) for value in _entered(model)):
            raise misfit(*next((name, value.type) for name, value in values.items()), one)
    for name, one in found.items():
        require_channels(name, values[name].type, one)
    return found


def _entered(model: Model) -> list[Value]:
    """Returns the inputs of the main graph and of those that signatures enter."""
    return [value for graph in {model.main, *(s.graph for s in model.signatures)} for value in graph.inputs]
