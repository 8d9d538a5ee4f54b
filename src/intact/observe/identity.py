"""Which model ranges belong to."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from intact.ir.graph import Buffer, Value
from intact.ir.model import Model


@dataclass(frozen=True)
class Identity:
    """Digests that tell models apart, whatever the file is called and however it is laid out.

    Quantization parameters and recorded ranges do not count, nor do attributes of operators, so that a later version of
    intact that knows more of them finds the same.

    Args:
        source: what the model was called; not compared.
        structure: SHA-256 over names, types and shapes of tensors, and over operators and their wiring.
        constants: SHA-256 over the contents of constants.
    """

    source: str
    structure: str
    constants: str

    @classmethod
    def of(cls, model: Model) -> Identity:
        """Returns the identity of a model."""
        structure = json.dumps(_structure(model), separators=(",", ":"))
        return cls(model.source, hashlib.sha256(structure.encode()).hexdigest(), _constants(model))

    def difference(self, other: Identity) -> str | None:
        """Returns in what two models differ, or None."""
        if self.structure != other.structure:
            return "tensors or operators"
        return "the contents of constants" if self.constants != other.constants else None


def _structure(model: Model) -> list[object]:
    numbers = {graph: number for number, graph in enumerate(model.graphs)}
    described: list[object] = []
    for graph in model.graphs:
        index: dict[Value | None, int] = {value: number for number, value in enumerate(graph.values)}
        index[None] = -1
        tensors = [[v.name, v.dtype.value, v.type.shape, v.type.signature, v.is_constant] for v in graph.values]
        nodes = [
            [
                node.op.name,
                [index[v] for v in node.inputs],
                [index[v] for v in node.outputs],
                [numbers[g] for g in node.subgraphs],
            ]
            for node in graph.nodes
        ]
        described.append([tensors, nodes, [index[v] for v in graph.inputs], [index[v] for v in graph.outputs]])
    return described


def _constants(model: Model) -> str:
    total = hashlib.sha256()
    seen: dict[Buffer, bytes] = {}
    for graph in model.graphs:
        for value in graph.values:
            if value.buffer is not None and value.is_constant:
                if value.buffer not in seen:
                    data: Any = value.buffer.data
                    seen[value.buffer] = hashlib.sha256(data).digest()
                total.update(seen[value.buffer])
    return total.hexdigest()
