"""What is in a model, for a terminal."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from rich.console import RenderableType

from intact.diagnose.inspect import plain
from intact.ir.op import registry
from intact.report.terminal import number, shape, size, table

MANY = 40
"""Rows of a table that are shown before the rest is left to --full."""


def inspected_tables(found: dict[str, Any], *, full: bool) -> Iterable[RenderableType]:
    """Yields the contents of a model.

    Args:
        found: what diagnose.inspect returned.
        full: every tensor, every channel, every operator.
    """
    yield f"{found['source']}: compute {found['compute']}, quantization {found['quantization']}"
    hybrid = found["hybrid_operators"]
    middle = f", {hybrid} hybrid" if hybrid else ""
    yield f"  {found['integer_operators']} integer{middle} and {found['float_operators'] - hybrid} float operators"
    yield f"  constants {size(found['constant_bytes'])}" + (
        f", {size(found['appended_bytes'])} appended to the file" if found["appended_bytes"] else ""
    )
    if found["description"]:
        yield f"  description: {found['description']}"
    for entry in found["metadata"]:
        yield f"  metadata {entry['name']}: {size(entry['bytes'])}"
    for entry in found["signatures"]:
        yield (
            f"  signature {entry['key']}: subgraph {entry['subgraph']}, "
            f"({', '.join(entry['inputs'])}) -> ({', '.join(entry['outputs'])})"
        )
    yield ""
    yield _tensors("inputs and outputs", [*found["inputs"], *found["outputs"]], full=full)
    yield ""
    counts = found["operator_counts"].items()
    yield table("operators", ("operator", "count"), [(n, str(c)) for n, c in counts], right=(1,))
    for graph in found["subgraphs"]:
        yield from _subgraph(found, graph, full=full)


def _subgraph(found: dict[str, Any], graph: dict[str, Any], *, full: bool) -> Iterable[RenderableType]:
    tensors = [t for t in found["tensors"] if t["subgraph"] == graph["index"]]
    operators = [o for o in found["operators"] if o["subgraph"] == graph["index"]]
    names = {t["index"]: t["name"] for t in tensors}
    rows = [
        (
            str(o["index"]),
            o["op"],
            str(o["version"]),
            o["compute"],
            ", ".join(f"{i}" for i in o["inputs"]),
            ", ".join(f"{i} {names.get(i, '')}" for i in o["outputs"]),
            ", ".join(f"{k}={v}" for k, v in o["attributes"].items() if v != _default(o["op"], k)),
        )
        for o in operators
    ]
    title = f"subgraph {graph['index']} '{graph['name']}': "
    yield ""
    yield table(
        title + "operators in order",
        ("#", "operator", "version", "compute", "inputs", "outputs", "attributes"),
        rows if full else rows[:MANY],
        right=(0, 2),
    )
    yield from _rest(len(rows), full=full)
    yield ""
    yield _tensors(title + "tensors", tensors if full else tensors[:MANY], full=full)
    yield from _rest(len(tensors), full=full)


def _default(op: str, attribute: str) -> Any:
    """What an attribute is where nobody asks for anything else, and so need not be shown."""
    fields = dataclasses.fields(registry()[op]) if op in registry() else ()
    return next((plain(f.default) for f in fields if f.name == attribute), None)


def _rest(count: int, *, full: bool) -> Iterable[str]:
    if not full and count > MANY:
        yield f"... and {count - MANY} more; --full lists all"


def _tensors(title: str, tensors: list[dict[str, Any]], *, full: bool) -> RenderableType:
    rows = [
        (
            str(t["index"]),
            t["name"],
            t["dtype"],
            shape(t["shape_signature"] or t["shape"]),
            _numbers(t["scale"], full=full),
            _numbers(t["zero_point"], full=full),
            "" if t["quantized_dimension"] is None else str(t["quantized_dimension"]),
            _range(t),
            _role(t),
        )
        for t in tensors
    ]
    return table(
        title, ("#", "name", "type", "shape", "scale", "zero point", "dim", "recorded range", ""), rows, right=(0, 6)
    )


def _numbers(value: Any, *, full: bool) -> str:
    if value is None:
        return ""
    if not isinstance(value, list):
        return number(value, 9)
    if full:
        return "[" + ", ".join(number(v, 9) for v in value) + "]"
    low, high = min(value), max(value)
    if low == high:
        return f"{number(low)} in all {len(value)} channels"
    return f"{number(low)} to {number(high)}, {len(value)} channels"


def _range(tensor: dict[str, Any]) -> str:
    if tensor["min"] is None or tensor["max"] is None:
        return ""
    return f"{_numbers(tensor['min'], full=False)} to {_numbers(tensor['max'], full=False)}"


def _role(tensor: dict[str, Any]) -> str:
    words = [f"constant, {size(tensor['bytes'])}"] if tensor["is_constant"] else []
    words += [w for w, on in (("variable", tensor["is_variable"]), ("sparse", tensor["is_sparse"])) if on]
    words += [tensor["details"]] if tensor["details"] else []
    return ", ".join(words)
