"""Positions in a file's lists and what stands there, there and back; -1 is an operand that is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from intact.errors import ModelError
from intact.formats.tflite.table import corrupt
from intact.ir.graph import Graph, Value
from intact.ir.types import Array

_OMITTED: Final = -1


def pick(values: Sequence[Value], index: int, what: str) -> Value:
    """Returns the tensor at an index that the file names.

    Raises:
        FormatError: E102.
    """
    if not 0 <= index < len(values):
        raise corrupt(f"{what} is tensor {index} of {len(values)}")
    return values[index]


def pick_operand(values: Sequence[Value], index: int, what: str) -> Value | None:
    """Returns the tensor at an index that the file names; None for one that is left out.

    Raises:
        FormatError: E102.
    """
    return None if index == _OMITTED else pick(values, index, what)


def pick_graph(graphs: Sequence[Graph], index: int, what: str) -> Graph:
    """Returns the graph at an index that the file names.

    Raises:
        FormatError: E102.
    """
    if not 0 <= index < len(graphs):
        raise corrupt(f"{what} is subgraph {index} of {len(graphs)}")
    return graphs[index]


def index_of(value: Value, indices: Mapping[Value, int], what: str) -> int:
    """Returns the index of a tensor in its graph.

    Raises:
        ModelError: E204.
    """
    if value not in indices:
        raise ModelError(f"{what} is tensor '{value.name}' of another graph", code="E204", expected="one of this graph")
    return indices[value]


def indices_of(values: Iterable[Value | None], indices: Mapping[Value, int], what: str) -> Array:
    """Returns the indices of tensors in their graph: int32 (n,), -1 for what is left out.

    Raises:
        ModelError: E204.
    """
    return np.array([_OMITTED if v is None else index_of(v, indices, what) for v in values], np.int32)


def graph_index(graph: Graph, graphs: Mapping[Graph, int], what: str) -> int:
    """Returns the index of a graph in its model.

    Raises:
        ModelError: E204.
    """
    if graph not in graphs:
        raise ModelError(f"{what} is graph '{graph.name}' of another model", code="E204", expected="one of this model")
    return graphs[graph]
