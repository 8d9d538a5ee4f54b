"""Graph, Node, Value: the mutable spine of a model. Identity, not name, is the key.

Edits go through methods so that a value always knows who makes it and who reads it. Operands that are left out stay
None, in place. Constants are read-only views of a Buffer, which several values may share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from intact.arith.packing import unpack
from intact.errors import ModelError
from intact.ir.op import Op, infer, signature
from intact.ir.quant_rule import Ignored
from intact.ir.types import Array, DType, QuantParams, Shape, Sparsity, TensorType


class Buffer:
    """Bytes that values stand on. Values that share a Buffer share their bytes, as tensors of a file do.

    Args:
        data: uint8 (n,). Mostly a view into the mapped file; made read-only. None where nothing was ever stored, as for
            what a node computes; a constant of no elements has stored bytes, none of them.
    """

    __slots__ = ("data", "is_stored")

    def __init__(self, data: Array | None = None) -> None:
        self.is_stored = data is not None
        if data is None:
            data = np.empty(0, np.uint8)
        data = np.ascontiguousarray(data).reshape(-1).view(np.uint8)
        data.setflags(write=False)
        self.data: Array = data

    def __repr__(self) -> str:
        return f"Buffer({self.data.size} bytes)"


class Value:
    """One tensor of a graph: a graph input, a constant, a variable, or what a node computes."""

    def __init__(self, name: str, type: TensorType, buffer: Buffer | None = None) -> None:
        self.name = name
        self.type = type
        self.buffer = buffer
        self.is_variable = False
        self.sparsity: Sparsity | None = None
        self.block_scales: Value | None = None
        self.block_zero_points: Value | None = None
        self.meta: dict[str, Any] = {}
        self._producer: Node | None = None
        self._uses: dict[tuple[Node, int], None] = {}

    @classmethod
    def constant(cls, name: str, array: Array, quant: QuantParams | None = None, dtype: DType | None = None) -> Value:
        """Returns a value with contents. `dtype` names a type NumPy does not have; the array then holds its bytes."""
        array = np.asarray(array)
        return cls(name, TensorType(dtype or DType.of(array), array.shape, quant=quant), Buffer(array))

    @property
    def dtype(self) -> DType:
        """Element type."""
        return self.type.dtype

    @property
    def shape(self) -> Shape:
        """Sizes, dynamic ones at their default.

        Raises:
            ModelError: E201 where the rank is unknown.
        """
        if self.type.shape is None:
            raise ModelError(f"the shape of tensor '{self.name}' is not known", expected="a known rank")
        return self.type.shape

    @property
    def quant(self) -> QuantParams | None:
        """Quantization parameters, or a recorded range, or None."""
        return self.type.quant

    @property
    def producer(self) -> Node | None:
        """The node that computes this value; None for inputs, constants and variables."""
        return self._producer

    @property
    def uses(self) -> tuple[tuple[Node, int], ...]:
        """The nodes that read this value and at which operand; a snapshot, so that a loop may rewire."""
        return tuple(self._uses)

    @property
    def is_constant(self) -> bool:
        """True where the contents are in the model."""
        if self.buffer is None or self._producer is not None:
            return False
        return self.buffer.data.size > 0 or (self.buffer.is_stored and 0 in (self.type.shape or ()))

    @property
    def array(self) -> Array | None:
        """Contents of a constant in its own type and shape, read-only; None where there are none or NumPy has no type.

        Raises:
            ModelError: E205 where there are too few bytes for the shape.
        """
        if self.buffer is None or not self.is_constant or self.dtype.numpy is None or self.sparsity is not None:
            return None
        need = self.type.nbytes
        if need is None or self.type.shape is None or min(self.type.shape, default=0) < 0:
            return None
        if need > self.buffer.data.size:
            raise ModelError(
                f"constant '{self.name}' has {self.buffer.data.size} bytes, "
                f"{self.dtype.value} {list(self.shape)} takes {need}",
                code="E205",
            )
        return self.buffer.data[:need].view(self.dtype.numpy).reshape(self.shape)

    @property
    def contents(self) -> Array | None:
        """As `array`, elements of less than a byte each in an int8 or uint8 of its own."""
        bits = self.dtype.bits
        if self.buffer is None or not self.is_constant or self.type.shape is None or bits is None or bits >= 8:
            return self.array
        return unpack(self.buffer.data, bits, self.type.size, signed=self.dtype.limits[0] < 0).reshape(self.shape)

    def __repr__(self) -> str:
        shape = "?" if self.type.shape is None else ",".join(map(str, self.type.shape))
        return f"%{self.name}: {self.dtype.value}[{shape}]"


class Node:
    """One application of an operator.

    `meta` holds facts of the file that mean nothing to the model; only a format writes and reads them.
    """

    def __init__(
        self,
        op: Op,
        inputs: Sequence[Value | None],
        outputs: Sequence[Value],
        *,
        version: int = 1,
        intermediates: Sequence[Value | None] = (),
        subgraphs: Sequence[Graph] = (),
    ) -> None:
        self.op = op
        self.version = version
        self.intermediates = tuple(intermediates)
        self.subgraphs = tuple(subgraphs)
        self.meta: dict[str, Any] = {}
        self._inputs: list[Value | None] = []
        self._outputs: tuple[Value, ...] = tuple(outputs)
        for value in inputs:
            self._append_input(value)
        for value in self._outputs:
            if value._producer is not None and value._producer is not self:
                raise ModelError(
                    f"tensor '{value.name}' is the result of two nodes: {value._producer.op.name} and {op.name}",
                    code="E204",
                )
            value._producer = self

    def _append_input(self, value: Value | None) -> None:
        if value is not None:
            value._uses[self, len(self._inputs)] = None
        self._inputs.append(value)

    @property
    def inputs(self) -> tuple[Value | None, ...]:
        """Operands in order, None for an omitted one. Change them with replace_input."""
        return tuple(self._inputs)

    @property
    def outputs(self) -> tuple[Value, ...]:
        """Results in order. Change them with replace_output."""
        return self._outputs

    @property
    def data(self) -> list[Value]:
        """Operands and results whose elements count; not those left out, nor those read for their shape alone."""
        rule = self.op.quant
        if rule is None:
            return [v for v in (*self._inputs, *self._outputs) if v is not None]
        names = signature(type(self.op))
        read = [
            v
            for i, v in enumerate(self._inputs)
            if v is not None and not isinstance(rule.input(names.name(i)), Ignored)
        ]
        return [*read, *self._outputs]

    def replace_input(self, index: int, value: Value | None) -> None:
        """Reads `value` at operand `index` from now on."""
        old = self._inputs[index]
        if old is not None:
            del old._uses[self, index]
        if value is not None:
            value._uses[self, index] = None
        self._inputs[index] = value

    def set_inputs(self, values: Sequence[Value | None]) -> None:
        """Replaces all operands."""
        for index, old in enumerate(self._inputs):
            if old is not None:
                del old._uses[self, index]
        self._inputs.clear()
        for value in values:
            self._append_input(value)

    def replace_output(self, index: int, value: Value) -> None:
        """Computes `value` as result `index` from now on; the old one is left without a producer."""
        if value._producer is not None:
            raise ModelError(f"tensor '{value.name}' already has a producer", code="E204")
        outputs = list(self._outputs)
        outputs[index]._producer = None
        outputs[index] = value
        value._producer = self
        self._outputs = tuple(outputs)

    def detach(self) -> None:
        """Reads and computes nothing any more."""
        self.set_inputs([])
        for value in self._outputs:
            value._producer = None
        self._outputs = ()

    def __repr__(self) -> str:
        return f"{list(self._outputs)} = {self.op.name}({self._inputs})"


class Graph:
    """A body: values in file order, nodes in execution order."""

    def __init__(self, name: str = "main") -> None:
        self.name = name
        self.values: list[Value] = []
        self.nodes: list[Node] = []
        self.inputs: list[Value] = []
        self.outputs: list[Value] = []
        self.meta: dict[str, Any] = {}

    def is_constant(self, value: Value) -> bool:
        """True where each run finds the contents that are in the model: a graph's input is given its own."""
        return value.is_constant and value not in self.inputs

    def add_value(self, value: Value) -> Value:
        """Adds a value at the end and returns it; its position is its tensor index in a file."""
        self.values.append(value)
        return value

    def add_node(self, node: Node, *, before: Node | None = None) -> Node:
        """Adds a node, at the end or before another, and returns it. Its results must be among the values."""
        self.nodes.insert(len(self.nodes) if before is None else self.nodes.index(before), node)
        return node

    def emit(
        self,
        op: Op,
        inputs: Sequence[Value | None],
        name: str,
        *,
        version: int = 1,
        before: Node | None = None,
    ) -> tuple[Value, ...]:
        """Adds a node and new values for its results, typed by the operator's own inference; returns the values.

        Raises:
            ModelError: the operands do not fit the operator.
        """
        types = infer(op, inputs)
        names = [name] if len(types) == 1 else [f"{name}:{i}" for i in range(len(types))]
        outputs = [self.add_value(Value(n, t)) for n, t in zip(names, types, strict=True)]
        self.add_node(Node(op, inputs, outputs, version=version), before=before)
        return tuple(outputs)

    def remove_node(self, node: Node) -> None:
        """Removes a node; its results are left without a producer."""
        self.nodes.remove(node)
        node.detach()

    def indices(self) -> dict[Value, int]:
        """Tensor index of every value, as of now."""
        return {value: index for index, value in enumerate(self.values)}

    def replace_uses(self, old: Value, new: Value, where: Callable[[Node, int], bool] | None = None) -> None:
        """Lets the readers of `old` read `new`, all or those that `where(node, operand)` picks. Outputs stay."""
        for node, index in old.uses:
            if where is None or where(node, index):
                node.replace_input(index, new)

    def prune(self, keep: Iterable[Value] = ()) -> int:
        """Removes values that nothing reads, makes or names; returns how many. Indices of later values move.

        Args:
            keep: values to leave alone, such as those that signatures name.
        """
        kept = {*self.inputs, *self.outputs, *keep}
        for node in self.nodes:
            kept.update(v for v in (*node.inputs, *node.outputs, *node.intermediates) if v is not None)
        kept |= {v for value in kept for v in (value.block_scales, value.block_zero_points) if v is not None}
        before = len(self.values)
        self.values = [v for v in self.values if v in kept]
        return before - len(self.values)

    def __repr__(self) -> str:
        return f"Graph({self.name}, {len(self.nodes)} nodes, {len(self.values)} values)"


def unique_names(items: Iterable[Value | Graph]) -> list[str]:
    """Returns a name for each item: its own, with `#2`, `#3` after a repeated one, `tensor` for an empty one."""
    seen: dict[str, int] = {}
    for item in items:
        name = unique = item.name or "tensor"
        count = seen.get(name, 0)
        while unique in seen:
            count += 1
            unique = f"{name}#{count}"
        seen[name] = max(count, 1)
        seen.setdefault(unique, 1)
    return list(seen)
