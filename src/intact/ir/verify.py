"""Every invariant of a model, each with a code, collected and not thrown one by one.

An error is what no runtime can be trusted with: a value nobody makes, a constant too short, a scale that is not a
number. A warning is what runtimes put right by themselves, such as nodes out of order or a stale declared shape: they
work out the shapes of results anew, so a file's own may be those of no run at all, and what does not fit them may fit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from intact.errors import ModelError
from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.op import UnknownOp, infer, signature
from intact.ir.order import makers, ordered
from intact.ir.types import Blockwise, MultiAxis, QuantParams, TensorType

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Issue:
    """One broken invariant.

    Args:
        severity: see above.
        code: a key of errors.CODES.
        where: graph, node or tensor.
        message: the rule broken, the offending values and what would have held.
    """

    severity: Severity
    code: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}. [{self.code}]"


def verify(model: Model) -> list[Issue]:
    """Returns every broken invariant of a model, in the order of its graphs, values and nodes."""
    verifier = _Verifier(model, certain=set(model.main.inputs) if model.graphs else set())
    for graph in model.graphs:
        verifier.values(graph)
        verifier.ports(graph)
        verifier.nodes(graph)
        verifier.order(graph)
    verifier.signatures()
    verifier.calls()
    return verifier.issues


def check(model: Model) -> None:
    """Raises ModelError for the first error that verify finds, with the number of further ones."""
    errors = [issue for issue in verify(model) if issue.severity == "error"]
    if errors:
        first, more = errors[0], len(errors) - 1
        fix = f"The model has {more} more {'error' if more == 1 else 'errors'}" if more else None
        raise ModelError(first.message, code=first.code, fix=fix, where=first.where).at(model.source)


@dataclass
class _Verifier:
    model: Model
    issues: list[Issue] = field(default_factory=list)
    certain: set[Value] = field(default_factory=set)
    """Results whose declared shapes follow from the shapes of the main graph's inputs."""

    def report(self, code: str, where: str, message: str, severity: Severity = "error") -> None:
        self.issues.append(Issue(severity, code, where, message))

    def place(self, graph: Graph, rest: str) -> str:
        return rest if len(self.model.graphs) == 1 else f"graph '{graph.name}': {rest}"

    def node_place(self, graph: Graph, index: int, node: Node) -> str:
        result = f" '{node.outputs[0].name}'" if node.outputs else ""
        return self.place(graph, f"node {index} {node.op.name}{result}")

    def values(self, graph: Graph) -> None:
        members, present = set(graph.values), set(graph.nodes)
        if len(members) != len(graph.values):
            self.report("E204", self.place(graph, "graph"), "a tensor is listed twice; expected each once")
        for index, value in enumerate(graph.values):
            where = self.place(graph, f"tensor {index} '{value.name}'")
            if value.producer is not None and value.producer not in present:
                self.report("E204", where, f"its producer {value.producer.op.name} is not one of the graph's nodes")
            for message in _contents(value):
                self.report("E205", where, message)
            for message in _quantization(value, members):
                self.report("E206", where, message)

    def ports(self, graph: Graph) -> None:
        members, given = set(graph.values), set(graph.inputs)
        for kind, ports in (("input", graph.inputs), ("output", graph.outputs)):
            for index, value in enumerate(ports):
                where = self.place(graph, f"{kind} {index} '{value.name}'")
                if value not in members:
                    self.report("E204", where, "the tensor is not one of this graph")
                elif kind == "input" and value.producer is not None:
                    self.report("E204", where, f"the graph's input is also a result of {value.producer.op.name}")
                elif kind == "output" and value not in given and not _has_source(value):
                    self.report("E204", where, "the tensor has no source; expected a node, an input or a constant")

    def nodes(self, graph: Graph) -> None:
        members, given, present = set(graph.values), set(graph.inputs), set(graph.nodes)
        if len(present) != len(graph.nodes):
            self.report("E204", self.place(graph, "graph"), "a node is listed twice; expected each once")
        for index, node in enumerate(graph.nodes):
            where = self.node_place(graph, index, node)
            for value in (*node.inputs, *node.outputs, *node.intermediates):
                if value is not None and value not in members:
                    self.report("E204", where, f"tensor '{value.name}' is not one of this graph")
            for position, value in enumerate(node.inputs):
                if value in members and value not in given and not _has_source(value):
                    # A custom operator's operand may be memory that it only writes.
                    severity: Severity = "warning" if isinstance(node.op, UnknownOp) else "error"
                    message = (
                        f"operand {position} '{value.name}' has no source; expected a node, an input or a constant"
                    )
                    self.report("E204", where, message, severity)
            for value in node.outputs:
                if value.producer is not node:
                    self.report("E204", where, f"result '{value.name}' has another producer; expected one")
            self.types(where, node)

    def types(self, where: str, node: Node) -> None:
        """Holds the declared types against those the operator infers."""
        certain = all(value is None or value in self.certain or value.is_constant for value in node.inputs)
        ranked = all(value is None or value.type.shape is not None for value in node.inputs)
        if not ranked and len(node.inputs) >= signature(type(node.op)).required:
            return
        try:
            types = infer(node.op, node.inputs)
        except ModelError as fault:
            message = fault.problem + (f"; expected {fault.expected}" if fault.expected else "")
            depends_on_shapes = fault.code in {"E201", "E207"}
            self.report(fault.code, where, message, "warning" if depends_on_shapes and not certain else "error")
            return
        if node.op.infers == "nothing":
            return
        if len(types) != len(node.outputs):
            self.report("E203", where, f"the node has {len(node.outputs)} results; expected {len(types)}")
        for value, inferred in zip(node.outputs, types, strict=False):
            if value.dtype != inferred.dtype and node.op.infers == "types":
                message = f"result '{value.name}' is declared {value.dtype.value}; expected {inferred.dtype.value}"
                self.report("E202", where, message)
            elif not _shapes_agree(value.type, inferred):
                declared, wanted = list(value.shape), list(inferred.shape or ())
                message = f"result '{value.name}' is declared {declared}; expected {wanted}"
                self.report("E201", where, message, "warning")
            elif certain and value.type.shape == inferred.shape:
                self.certain.add(value)

    def order(self, graph: Graph) -> None:
        position = {node: index for index, node in enumerate(graph.nodes)}
        late = [n for n in graph.nodes if any(position.get(maker, -1) >= position[n] for maker in makers(n))]
        if not late:
            return
        _, cyclic = ordered(graph.nodes, makers)
        if cyclic:
            where = self.node_place(graph, position[cyclic[0]], cyclic[0])
            self.report("E204", where, f"{len(cyclic)} nodes wait for each other's results; expected no cycle")
        else:
            where = self.node_place(graph, position[late[0]], late[0])
            message = f"{len(late)} nodes stand before a node whose result they read; expected execution order"
            self.report("E204", where, message, "warning")

    def signatures(self) -> None:
        for entry in self.model.signatures:
            where = f"signature '{entry.key}'"
            if not any(entry.graph is graph for graph in self.model.graphs):
                self.report("E204", where, f"graph '{entry.graph.name}' is not one of the model")
                continue
            members = set(entry.graph.values)
            for kind, ports in (("input", entry.inputs), ("output", entry.outputs)):
                for name, value in ports.items():
                    if value not in members:
                        message = f"{kind} '{name}' is tensor '{value.name}', not one of graph '{entry.graph.name}'"
                        self.report("E204", where, message)

    def calls(self) -> None:
        """Graphs that nodes refer to must be there and must not call themselves: runtimes would never end."""
        present = set(self.model.graphs)
        callees: dict[Graph, list[Graph]] = {graph: [] for graph in self.model.graphs}
        for graph, index, node in self.model.nodes():
            for callee in node.subgraphs:
                if callee in present:
                    callees[graph].append(callee)
                else:
                    where = self.node_place(graph, index, node)
                    self.report("E204", where, f"graph '{callee.name}' is not one of the model")
        _, cyclic = ordered(self.model.graphs, callees.__getitem__)
        if cyclic:
            names = ", ".join(f"'{graph.name}'" for graph in cyclic)
            self.report("E204", f"graph '{cyclic[0].name}'", f"graphs {names} call each other; expected no cycle")


def _has_source(value: Value) -> bool:
    """A tensor of no elements needs no contents: files give an omitted list of sizes the shape (0,)."""
    empty = value.type.shape is not None and 0 in value.type.shape
    return value.producer is not None or value.is_constant or value.is_variable or empty


def _contents(value: Value) -> Iterable[str]:
    """Faults of a constant's bytes."""
    need, shape = value.type.nbytes, value.type.shape
    if not value.is_constant or need is None or shape is None or value.buffer is None:
        return
    if min(shape, default=0) < 0:
        yield f"constant of shape {list(shape)}; expected sizes of 0 and more"
    elif value.sparsity is None and value.buffer.data.size != need:
        yield f"constant has {value.buffer.data.size} bytes; expected {need} for {value.dtype.value} {list(shape)}"


def _quantization(value: Value, members: set[Value]) -> Iterable[str]:
    """Faults of quantization parameters."""
    quant = value.quant
    if quant is None:
        return
    if isinstance(quant.details, Blockwise | MultiAxis):
        yield from _blocks(value, quant.details, members)
    if not quant.scale.size:
        return
    count = quant.scale.size
    bad = ~(np.isfinite(quant.scale) & (quant.scale > 0))
    if bad.any():
        at = int(bad.argmax())
        yield f"scale {at} of {count} is {quant.scale[at]}; expected finite numbers above 0"
    if quant.zero_point.size not in {0, 1, count}:
        yield f"{quant.zero_point.size} zero points go with {count} scales; expected as many"
    if value.type.shape is not None and count > 1:
        yield from _channels(value.type.shape, quant)
    if value.dtype.is_integer:
        low, high = value.dtype.limits
        outside = quant.zero_point[(quant.zero_point < low) | (quant.zero_point > high)]
        if outside.size:
            yield f"zero point {outside[0]} of a {value.dtype.value} tensor; expected {low} to {high}"


def _channels(shape: tuple[int, ...], quant: QuantParams) -> Iterable[str]:
    axis, count = quant.quantized_dimension, quant.scale.size
    if not 0 <= axis < len(shape):
        yield f"quantized_dimension is {axis} with shape {list(shape)}; expected 0 to {len(shape) - 1}"
    elif count != shape[axis]:
        yield f"{count} scales run along dimension {axis} of shape {list(shape)}; expected 1 or {shape[axis]}"


def _blocks(value: Value, details: Blockwise | MultiAxis, members: set[Value]) -> Iterable[str]:
    if details.block_size < 1:
        yield f"block_size is {details.block_size}; expected at least 1"
    if value.block_scales is None:
        yield "a tensor quantized in blocks names no tensor of scales"
    for other in (value.block_scales, value.block_zero_points):
        if other is not None and other not in members:
            yield f"scales of blocks are in tensor '{other.name}'; expected one of this graph"


def _shapes_agree(declared: TensorType, inferred: TensorType) -> bool:
    """A dynamic dimension's default says nothing about the sizes that follow from it."""
    if declared.shape is None or inferred.shape is None or -1 in (declared.signature or ()):
        return True
    return declared.shape == inferred.shape
