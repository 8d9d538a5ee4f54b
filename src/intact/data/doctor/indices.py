"""W312: token numbers that the embedding table does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from intact.data.doctor.check import Check, Extent, Named, Subject
from intact.data.doctor.finding import Finding
from intact.ir.graph import Value
from intact.ir.types import Array

_MOVES: Final = {"RESHAPE", "CAST", "EXPAND_DIMS", "SQUEEZE"}


class Indices(Check):
    """Integers that GATHER or EMBEDDING_LOOKUP take rows of a constant table by; runtimes fail of others."""

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        rows = {name: _rows(value) for name, value in subject.inputs.items() if value.dtype.is_integer}
        self._rows = {name: count for name, count in rows.items() if count is not None}
        self._found = {name: Named() for name in self._rows}
        self._extent = {name: Extent() for name in self._rows}

    def see(self, label: str, arrays: Mapping[str, Array]) -> None:
        """Compares with the table."""
        for name, rows in self._rows.items():
            array = arrays[name]
            self._extent[name].see(array)
            if array.size and (array.min() < 0 or array.max() >= rows):
                self._found[name].add(label)

    def findings(self) -> Iterator[Finding]:
        """Yields one finding an input."""
        for name, named in self._found.items():
            if named.count:
                yield Finding(
                    "W312",
                    name,
                    f"indices are in {self._extent[name]}, the table they are looked up in has the rows 0 to "
                    f"{self._rows[name] - 1}",
                    "Use the vocabulary the model was trained with",
                    tuple(named.labels),
                    named.count,
                    {"rows": self._rows[name], "largest": self._extent[name].high},
                )


def _rows(value: Value) -> int | None:
    """Returns the rows of the smallest constant table that a value is looked up in; None where there is none."""
    found = []
    for node, operand in value.uses:
        name, inputs = node.op.name, node.inputs
        if name in _MOVES and operand == 0:
            found.append(_rows(node.outputs[0]))
        elif (name, operand) in (("GATHER", 1), ("EMBEDDING_LOOKUP", 0)):
            table = inputs[1 - operand]
            axis = getattr(node.op, "axis", 0)
            batched = getattr(node.op, "batch_dims", 0)
            if table is not None and table.is_constant and table.type.shape and not batched:
                found.append(table.shape[axis] if -len(table.shape) <= axis < len(table.shape) else None)
    known = [rows for rows in found if rows is not None]
    return min(known, default=None)
