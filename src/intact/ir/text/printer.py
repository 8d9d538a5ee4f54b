"""Printing of IR text; `intact.ir.text` says what the language is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import MISSING, fields
from typing import Final

import numpy as np

from intact.ir.graph import Graph, Node, Value, unique_names
from intact.ir.model import Model
from intact.ir.op import Op, UnknownOp
from intact.ir.text.literals import format_literal, format_name, format_ref
from intact.ir.types import Blockwise, CustomQuantization, MultiAxis, QuantParams, Sparsity

_SHORT: Final = 16
"""How many numbers of a list are shown where not all are."""


def format_model(model: Model, full: bool = False) -> str:
    """Returns a model as IR text.

    Args:
        full: writes all numbers, so that the text can be parsed again; without it long lists are cut short.
    """
    names = dict(zip(model.graphs, unique_names(model.graphs), strict=True))
    blocks = ["\n".join(_GraphPrinter(graph, names, full).lines()) for graph in model.graphs]
    for entry in model.signatures:
        refs = _References(entry.graph)
        inputs, outputs = (
            ", ".join(f"{format_name(name)}={refs[value]}" for name, value in ports.items())
            for ports in (entry.inputs, entry.outputs)
        )
        graph = format_name(names[entry.graph])
        blocks.append(f"signature {format_name(entry.key)} of {graph}({inputs}) -> ({outputs})")
    return "\n\n".join(blocks) + "\n"


class _References(dict[Value, str]):
    """What each value of a graph is called; a value of no or another graph, as broken models have, by its own name."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(zip(graph.values, map(format_ref, unique_names(graph.values)), strict=True))

    def __missing__(self, value: Value) -> str:
        return format_ref(value.name)


class _GraphPrinter:
    def __init__(self, graph: Graph, graph_names: dict[Graph, str], full: bool) -> None:
        self.graph = graph
        self.graph_names = graph_names
        self.full = full
        self.refs = _References(graph)
        self.declared: set[Value] = set(graph.inputs)

    def lines(self) -> Iterator[str]:
        graph = self.graph
        inputs = ", ".join(f"{self.refs[v]}: {self.type(v)}" for v in graph.inputs)
        outputs = ", ".join(self.refs[v] for v in graph.outputs)
        yield f"graph {format_name(self.graph_names[graph])}({inputs}) -> ({outputs}) {{"
        for value in graph.inputs:
            yield from self.declare(value.block_scales, value.block_zero_points)
        for node in graph.nodes:
            yield from self.declare(*node.inputs, *node.intermediates)
            for value in node.outputs:
                yield from self.declare(value.block_scales, value.block_zero_points)
            yield f"  {self.node(node)}"
        yield from self.declare(*graph.values)
        yield "}"

    def declare(self, *values: Value | None) -> Iterator[str]:
        """Lines of those values that no node makes, each before its first use."""
        for value in values:
            if value is None or value in self.declared or value.producer is not None:
                continue
            self.declared.add(value)
            yield from self.declare(value.block_scales, value.block_zero_points)
            stored = value.buffer is not None and value.buffer.is_stored
            kind = "variable" if value.is_variable else "const" if stored else "tensor"
            sparse = f" sparse {_sparsity(value.sparsity)}" if value.sparsity is not None else ""
            contents = f" {self.contents(value)}" if kind == "const" else ""
            yield f"  {self.refs[value]} = {kind} {self.type(value)}{sparse}{contents}"

    def node(self, node: Node) -> str:
        results = ", ".join(f"{self.refs[v]}: {self.type(v)}" for v in node.outputs)
        version = f" v{node.version}" if node.version != 1 else ""
        text = f"{results} = " if results else ""
        text += f"{_op_name(node.op)}{version}({self.operands(node.inputs)})"
        if node.intermediates:
            text += f" intermediates({self.operands(node.intermediates)})"
        if node.subgraphs:
            text += f" calls({', '.join(format_name(self.graph_names[g]) for g in node.subgraphs)})"
        attributes = [f"{name}={format_literal(value)}" for name, value in _attributes(node.op)]
        return f"{text} {{{', '.join(attributes)}}}" if attributes else text

    def operands(self, values: Sequence[Value | None]) -> str:
        return ", ".join("none" if v is None else self.refs[v] for v in values)

    def type(self, value: Value) -> str:
        shape, signature = value.type.shape, value.type.signature
        if shape is None:
            sizes = ["..."]
        else:
            dynamic = [False] * len(shape)
            if signature is not None and len(signature) == len(shape):
                dynamic = [size == -1 for size in signature]
            sizes = [f"{size}?" if unknown else f"{size}" for size, unknown in zip(shape, dynamic, strict=True)]
        quant = f" <{', '.join(self.quant(value, value.quant))}>" if value.quant is not None else ""
        return f"{value.dtype.value}[{','.join(sizes)}]{quant}"

    def quant(self, value: Value, quant: QuantParams) -> Iterator[str]:
        for name, numbers in (
            ("scale", quant.scale),
            ("zero_point", quant.zero_point),
            ("min", quant.min),
            ("max", quant.max),
        ):
            if numbers.size == 1:
                yield f"{name}={numbers[0]!s}"
            elif numbers.size:
                yield f"{name}={self.listed(numbers.tolist() if name == 'zero_point' else numbers, str)}"
        if quant.quantized_dimension:
            yield f"dim={quant.quantized_dimension}"
        match quant.details:
            case Blockwise(size, shape):
                yield f"block_size={size}"
                if shape:
                    yield f"block_shape={format_literal(shape)}"
            case MultiAxis(size, dimensions):
                yield f"block_size={size}, dims={format_literal(dimensions)}"
            case CustomQuantization(custom):
                yield f"custom={format_literal(custom)}"
        for name, other in (("scales", value.block_scales), ("zero_points", value.block_zero_points)):
            if other is not None:
                yield f"{name}={self.refs[other]}"

    def contents(self, value: Value) -> str:
        """The numbers of a constant; as bytes where no list of numbers gives the same bytes back."""
        assert value.buffer is not None
        data = value.buffer.data
        dtype = value.dtype.numpy
        exact = value.type.nbytes == data.size
        if exact and data.size and not data.any():
            return "zeros"
        if dtype is not None and dtype.kind != "c" and data.size % dtype.itemsize == 0 and (exact or value.sparsity):
            array = data.view(dtype)
            if not self.full and array.size > _SHORT:
                return f"# {array.size} numbers in [{array.min()!s}, {array.max()!s}]"
            words = [str(number).lower() for number in array]
            numbers = list(map(float, words)) if dtype.kind == "f" else array.tolist()
            if np.array(numbers, dtype).tobytes() == data.tobytes():
                return f"[{', '.join(words)}]"
        elif not self.full and data.size > _SHORT:
            return f"# {data.size} bytes"
        return format_literal(data.tobytes())

    def listed(self, numbers: Iterable[object], form: Callable[[object], str]) -> str:
        items = [form(number) for number in numbers]
        if not self.full and len(items) > _SHORT:
            return f"[{', '.join(items[:_SHORT])}, ... {len(items)} in all]"
        return f"[{', '.join(items)}]"


def _op_name(op: Op) -> str:
    return "UNKNOWN" if isinstance(op, UnknownOp) else op.opcode


def _attributes(op: Op) -> Iterator[tuple[str, object]]:
    """Attributes that differ from their defaults."""
    for field in fields(op):
        value = getattr(op, field.name)
        if field.default is MISSING or value != field.default:
            yield field.name, value


def _sparsity(sparsity: Sparsity) -> str:
    dims: list[object] = []
    for dim in sparsity.dims:
        segments, indices = dim.segments or ("none", ()), dim.indices or ("none", ())
        dims.append((*segments, *indices) if dim.is_csr else dim.dense_size)
    return format_literal((sparsity.traversal_order, sparsity.block_map, tuple(dims)))
