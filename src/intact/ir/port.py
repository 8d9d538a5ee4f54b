"""How the outside names a graph's inputs and outputs."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import UsageError
from intact.ir.graph import Graph, Value, unique_names
from intact.ir.model import Model, SignatureDef
from intact.ir.types import TensorType


@dataclass(frozen=True)
class Port:
    """One input or output by the name users give it.

    Args:
        name: the signature's name where the graph has a signature, else the tensor's own.
        type: element type, default shape, dynamic dimensions.
        aliases: other names that mean the same input.
    """

    name: str
    type: TensorType
    aliases: tuple[str, ...] = ()


def entry_point(model: Model, key: str) -> SignatureDef:
    """Returns the signature of a key.

    Raises:
        UsageError: E004.
    """
    for entry in model.signatures:
        if entry.key == key:
            return entry
    known = ", ".join(s.key for s in model.signatures) or "none; the model has no signatures"
    raise UsageError(f"there is no signature '{key}'", code="E004", expected=f"one of {known}", where=model.source)


def input_names(model: Model, graph: Graph, entry: SignatureDef | None = None) -> dict[str, Value]:
    """Returns a graph's inputs by name, in the graph's order.

    Args:
        entry: the signature whose names count; the graph's first where None.
    """
    signature = entry or model.signature_of(graph)
    return _named(graph.inputs, signature.inputs if signature else {})


def output_names(model: Model, graph: Graph, entry: SignatureDef | None = None) -> dict[str, Value]:
    """Returns a graph's outputs by name, in the graph's order; `entry` as above."""
    signature = entry or model.signature_of(graph)
    return _named(graph.outputs, signature.outputs if signature else {})


def ports(values: dict[str, Value]) -> list[Port]:
    """Returns the ports of named values; a tensor's own name is an alias where a signature calls it otherwise."""
    return [Port(n, v.type, (v.name,) if v.name and v.name != n else ()) for n, v in values.items()]


def _named(values: list[Value], signature: dict[str, Value]) -> dict[str, Value]:
    if not values:
        return {}
    by_value = {value: name for name, value in signature.items()}
    names = unique_names(values)
    chosen = {by_value.get(v, n): v for v, n in zip(values, names, strict=True)}
    # A signature may call one tensor what another tensor is named; then tensor names are the only clear ones.
    return chosen if len(chosen) == len(values) else dict(zip(names, values, strict=True))
