"""What tensors hold that no run computes: constants, and the variables that runs leave behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from intact.errors import EngineError
from intact.ir.graph import Node, Value
from intact.ir.op import signature
from intact.ir.sparse import densify
from intact.ir.types import Array


class Contents:
    """Contents of the values of a model.

    Args:
        source: of the model, for messages.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._state: dict[Value, Array] = {}
        self._dense: dict[Value, Array | None] = {}

    def of(self, value: Value, known: Mapping[Value, Array]) -> Array:
        """Returns what a run has computed, else the contents of a constant, or the present ones of a variable.

        Raises:
            EngineError: E502 for what was not computed.
        """
        if value in known:
            return known[value]
        if value.is_variable:
            if value not in self._state:
                self._state[value] = _initial(value)
            return self._state[value]
        contents = value.contents
        if value.sparsity is not None:
            if value not in self._dense:
                self._dense[value] = densify(value)
            contents = self._dense[value]
        if contents is None and value.producer is None and 0 in value.shape:
            # A file stores no bytes for it, so it does not look like a constant.
            contents = np.empty(value.shape, value.dtype.numpy)
        if contents is None:
            raise EngineError(f"tensor '{value.name}' has no contents", where=self._source)
        return contents

    def operands(self, node: Node, known: Mapping[Value, Array]) -> list[Array | None]:
        """Returns the contents of what a node reads. Raises as `of`."""
        return [None if v is None else self.of(v, known) for v in node.inputs]

    def keep(self, contents: Mapping[Value, Array]) -> None:
        """Sets variables."""
        self._state.update(contents)

    def reset(self) -> None:
        """Sets variables back to their initial state."""
        self._state.clear()


def updated(node: Node) -> list[Value]:
    """Returns the variables that a node writes to, in the order of the results that are their contents."""
    op, found = node.op, []
    for operand in op.updates:
        value = node.inputs[operand if isinstance(operand, int) else signature(type(op)).names.index(operand)]
        assert value is not None
        found.append(value)
    return found


def of_all(values: Sequence[Value], known: Mapping[Value, Array]) -> list[Array]:
    """Returns what a run has computed."""
    return [known[v] for v in values]


def _initial(value: Value) -> Array:
    """Contents of a variable that nothing wrote to yet: what stands for zero.

    Sources:
        tflite/core/subgraph.cc, ResetVariableTensors: int8 is filled with the zero point, all else with zero bytes.
    """
    quant = value.quant
    zero = int(quant.zero_point[0]) if quant is not None and quant.zero_point.size and value.dtype.bits == 8 else 0
    return np.full(value.shape, zero, value.dtype.numpy)
