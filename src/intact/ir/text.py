"""IR text: a model as people write it down, the language of the pass tests.

    graph main(%x: float32[1?,8,8,3]) -> (%y) {
      %w = const float32[4,3,3,3] random(0)
      %b = const float32[4] [0.5, -1.0, 0, 2]
      %c: float32[1,8,8,4] = CONV_2D v3(%x, %w, %b) {stride_h=1, fused_activation_function=RELU}
      %y = RESHAPE(%c, none) {new_shape=[1, -1]}          # the type of a result may be left to the operator
    }
    signature serving_default of main(image=%x) -> (scores=%y)

A size `1?` is dynamic and 1 by default, `[]` is a scalar and `[...]` an unknown rank. A type may be followed by
quantization, `<scale=0.5, zero_point=3>` or `<scale=[0.5, 0.25], dim=3>`; also min, max, block_size, block_shape, dims,
scales=%a, zero_points=%a, custom=hex"00". Values that no node makes are `const` with contents, `variable`, or `tensor`
without a source. Contents are a list, hex"..." (the bytes), zeros, full(1.5) or random(seed), before which
`sparse [order, blocks, dimensions]` may stand. After its operands a node may have `intermediates(%a)` and `calls(body)`, the
graphs it runs. An operator intact does not know is `UNKNOWN(...) {code="CUSTOM", custom_code="Name"}`. Names of other
than letters, digits, `_`, `.` and `/` are quoted: `%"a;b"`.

Text holds the model and not the file: buffers that tensors share, descriptions and metadata are not in it.
"""

from __future__ import annotations

import difflib
import functools
import math
import typing
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, Final

import numpy as np

from intact.errors import ModelError
from intact.ir.graph import Buffer, Graph, Model, Node, SignatureDef, Value
from intact.ir.op import Op, UnknownOp, infer, registry
from intact.ir.text_print import format_model
from intact.ir.text_syntax import Literal, Token, Tokens, convert
from intact.ir.types import (
    Array,
    Blockwise,
    CustomQuantization,
    DType,
    MultiAxis,
    QuantParams,
    SparseDim,
    Sparsity,
    TensorType,
)

__all__ = ["format_model", "parse"]

_DTYPES: Final = {dtype.value: dtype for dtype in DType}
_QUANT_FIELDS: Final[dict[str, Any]] = {
    "dim": int,
    "block_size": int,
    "block_shape": tuple[int, ...],
    "dims": tuple[int, ...],
    "custom": bytes,
}
_MAX_ELEMENTS: Final = 1 << 28
"""What zeros, full and random may fill; a slip of the pen should not take all memory."""


def parse(text: str, source: str = "text") -> Model:
    """Returns the model that IR text describes. Operators must be registered: import `intact.ops`.

    Raises:
        ModelError: E208 for what is not IR text, with line, column and a caret; the operator's own code where the type
            of a result was left to it and the operands do not fit.
    """
    return _Parser(Tokens(text)).model(source)


@dataclass
class _Result:
    """A value being defined; `type` is None where the operator says it."""

    token: Token
    name: str
    type: TensorType | None = None
    refs: dict[str, Token] = field(default_factory=dict)
    value: Value | None = None


@dataclass
class _Application:
    """A node; operands are tokens until all values of the graph are known."""

    token: Token
    op: Op
    version: int
    results: list[_Result]
    operands: list[Token] = field(default_factory=list)
    intermediates: list[Token] = field(default_factory=list)
    calls: list[Token] = field(default_factory=list)


@dataclass
class _Body:
    """A graph being read."""

    graph: Graph
    inputs: list[_Result]
    outputs: list[Token]
    results: list[_Result]
    nodes: list[_Application]


class _Parser:
    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.bodies: dict[str, _Body] = {}
        self.scopes: dict[str, dict[str, Value]] = {}

    def model(self, source: str) -> Model:
        tokens = self.tokens
        while tokens.peek.text == "graph":
            self.body()
        for name, body in self.bodies.items():
            self.build(name, body)
        entries = []
        while tokens.accept("signature"):
            entries.append(self.signature())
        if tokens.peek.kind != "end":
            tokens.fail(tokens.peek, f"found {tokens.peek.text!r}", "'graph' or 'signature', graphs first")
        if not self.bodies:
            tokens.fail(tokens.peek, "the text has no graph", "graph main(...) -> (...) {...}")
        return Model(graphs=[body.graph for body in self.bodies.values()], signatures=entries, source=source)

    def body(self) -> None:
        tokens = self.tokens
        tokens.expect("graph")
        token = tokens.peek
        name = tokens.name("the name of a graph")
        if name in self.bodies:
            tokens.fail(token, f"graph {name} is defined twice")
        inputs = []
        for at in self.listed("%name: type"):
            result = _Result(at, tokens.string(at))
            tokens.expect(":")
            self.type(result)
            inputs.append(result)
        tokens.expect("->")
        body = self.bodies[name] = _Body(Graph(name), inputs, list(self.listed("%name")), list(inputs), [])
        tokens.expect("{")
        while not tokens.accept("}"):
            self.statement(body)

    def listed(self, expected: str, kind: str = "ref") -> Iterable[Token]:
        """The tokens of one kind, or the word none, between parentheses; what follows each is the caller's to read."""
        tokens = self.tokens
        tokens.expect("(")
        first = True
        while not tokens.accept(")"):
            if not first:
                tokens.expect(",")
            first = False
            yield tokens.take_kind(kind, expected)

    def operands(self) -> list[Token]:
        """Values between parentheses, the word none among them."""
        tokens, found = self.tokens, list[Token]()
        tokens.expect("(")
        while not tokens.accept(")"):
            if found:
                tokens.expect(",")
            none = tokens.peek.text == "none"
            found.append(tokens.take() if none else tokens.take_kind("ref", "%name or none"))
        return found

    def statement(self, body: _Body) -> None:
        tokens = self.tokens
        results: list[_Result] = []
        while tokens.peek.kind == "ref":
            token = tokens.take()
            result = _Result(token, tokens.string(token))
            if tokens.accept(":"):
                self.type(result)
            results.append(result)
            if not tokens.accept(","):
                break
        if results:
            tokens.expect("=")
        body.results += results
        word = tokens.take_kind("word", "an operator, const, variable, tensor or '}'")
        if word.text not in {"const", "variable", "tensor"}:
            body.nodes.append(self.application(word, results))
        elif len(results) != 1 or results[0].type is not None:
            tokens.fail(word, f"{word.text} needs one name before it and its type behind it")
        else:
            self.declaration(word, results[0])

    def declaration(self, word: Token, result: _Result) -> None:
        type = self.type(result)
        value = result.value = Value(result.name, type)
        value.is_variable = word.text == "variable"
        if self.tokens.accept("sparse"):
            value.sparsity = self.sparsity()
        if word.text == "const":
            value.buffer = Buffer(self.contents(type, sparse=value.sparsity is not None))

    def application(self, word: Token, results: list[_Result]) -> _Application:
        tokens = self.tokens
        cls = UnknownOp if word.text == "UNKNOWN" else registry().get(word.text)
        if cls is None:
            near = difflib.get_close_matches(word.text, registry(), 1)
            tokens.fail(word, f"there is no operator {word.text}", near[0] if near else "one of intact.ops, or UNKNOWN")
        version = 1
        if tokens.peek.kind == "word" and tokens.peek.text.startswith("v"):
            token = tokens.take()
            if not token.text[1:].isdigit():
                tokens.fail(token, f"found {token.text!r}", "a version such as v2")
            version = int(token.text[1:])
        node = _Application(word, Op(), version, results, self.operands())
        if tokens.accept("intermediates"):
            node.intermediates = self.operands()
        if tokens.accept("calls"):
            node.calls = list(self.listed("the name of a graph", "word"))
        node.op = self.operator(cls, word)
        return node

    def operator(self, cls: type[Op], word: Token) -> Op:
        tokens, attributes = self.tokens, dict[str, Any]()
        annotations = _annotations(cls)
        if tokens.accept("{"):
            while not tokens.accept("}"):
                if attributes:
                    tokens.expect(",")
                token = tokens.take_kind("word", "an attribute")
                if token.text not in annotations:
                    names = ", ".join(annotations) or "no attribute"
                    tokens.fail(token, f"{word.text} has no attribute {token.text}", names)
                tokens.expect("=")
                attributes[token.text] = self.attribute(token.text, annotations[token.text])
        try:
            return cls(**attributes)
        except TypeError as fault:
            tokens.fail(word, f"{word.text} lacks an attribute ({fault})", ", ".join(annotations))

    def attribute(self, name: str, annotation: Any) -> Any:
        token = self.tokens.peek
        literal = self.tokens.literal()
        try:
            return convert(annotation, literal)
        except ValueError as fault:
            self.tokens.fail(token, f"{name} is {literal!r}", str(fault))

    def type(self, result: _Result) -> TensorType:
        """Reads a type into `result`."""
        tokens = self.tokens
        token = tokens.take_kind("word", "a type such as float32[1,8]")
        if token.text not in _DTYPES:
            near = difflib.get_close_matches(token.text, _DTYPES, 1)
            tokens.fail(token, f"there is no type {token.text}", near[0] if near else ", ".join(_DTYPES))
        tokens.expect("[")
        shape: list[int] | None = []
        dynamic: list[bool] = []
        if tokens.accept("..."):
            shape = None
            tokens.expect("]")
        while shape is not None and not tokens.accept("]"):
            if shape:
                tokens.expect(",")
            shape.append(tokens.integer("a size"))
            dynamic.append(tokens.accept("?"))
        quant = self.quant(result) if tokens.accept("<") else None
        signature = None
        if shape is not None and any(dynamic):
            signature = tuple(-1 if unknown else size for size, unknown in zip(shape, dynamic, strict=True))
        result.type = TensorType(_DTYPES[token.text], None if shape is None else tuple(shape), signature, quant)
        return result.type

    def quant(self, result: _Result) -> QuantParams:
        tokens, found = self.tokens, dict[str, Any]()
        first = True
        while not tokens.accept(">"):
            if not first:
                tokens.expect(",")
            first = False
            token = tokens.take_kind("word", "scale, zero_point, dim, min, max, ...")
            tokens.expect("=")
            if token.text in {"scales", "zero_points"}:
                result.refs[token.text] = tokens.take_kind("ref", "%name")
            elif token.text in {"scale", "zero_point", "min", "max"}:
                number = int if token.text == "zero_point" else float
                found[token.text] = self.attribute(token.text, number | tuple[number, ...])  # type: ignore[valid-type]
            elif token.text in _QUANT_FIELDS:
                found[token.text] = self.attribute(token.text, _QUANT_FIELDS[token.text])
            else:
                tokens.fail(token, f"quantization has no {token.text}", "scale, zero_point, dim, min, max, ...")
        details: Blockwise | CustomQuantization | MultiAxis | None = None
        if "custom" in found:
            details = CustomQuantization(found["custom"])
        elif "dims" in found:
            details = MultiAxis(found.get("block_size", 0), found["dims"])
        elif "block_size" in found:
            details = Blockwise(found["block_size"], found.get("block_shape", ()))
        numbers = {name: found[name] for name in ("scale", "zero_point", "min", "max") if name in found}
        return QuantParams(**numbers, quantized_dimension=found.get("dim", 0), details=details)

    def sparsity(self) -> Sparsity:
        numbers = tuple[int, ...]
        csr = tuple[str, numbers, str, numbers]  # type: ignore[valid-type]
        order, blocks, dims = self.attribute("sparse", tuple[numbers, numbers, tuple[int | csr, ...]])  # type: ignore[valid-type]
        return Sparsity(order, blocks, tuple(_sparse_dim(dim) for dim in dims))

    def contents(self, type: TensorType, sparse: bool) -> Array:
        tokens = self.tokens
        token = tokens.peek
        if token.kind == "hex":
            return np.frombuffer(tokens.bytes_of(tokens.take()), np.uint8)
        if token.kind == "word" and token.text in {"zeros", "full", "random"}:
            if type.nbytes is None or min(type.shape or (), default=0) < 0 or type.size > _MAX_ELEMENTS:
                tokens.fail(token, f"no {token.text} for {type.dtype.value}{list(type.shape or ())}", "a list or hex")
            if tokens.accept("zeros"):
                return np.zeros(type.nbytes, np.uint8)
        dtype = type.dtype.numpy
        if dtype is None:
            tokens.fail(token, f"found {token.text!r}", f'the bytes of {type.dtype.value} as zeros or hex"..."')
        if tokens.accept("random"):
            return _random(self.argument(int), type, dtype)
        if tokens.accept("full"):
            return np.full(type.size, self.argument(float), dtype)
        if token.text != "[" or token.kind != "mark":
            tokens.fail(token, f"found {token.text!r}", "contents; printed in full, a model has them all")
        numbers = self.attribute("contents", tuple[bool if dtype.kind == "b" else _number(dtype), ...])
        if len(numbers) != type.size and not sparse:
            tokens.fail(token, f"{len(numbers)} numbers in a constant of shape {list(type.shape or ())}", f"{type.size}")
        try:
            return np.array(numbers, dtype)
        except OverflowError:
            tokens.fail(token, "a number lies outside the type", "{} to {}".format(*type.dtype.limits))

    def argument(self, annotation: type[int] | type[float]) -> Any:
        self.tokens.expect("(")
        number = self.attribute("the argument", annotation)
        self.tokens.expect(")")
        return number

    def build(self, name: str, body: _Body) -> None:
        """Turns what was read into values and nodes."""
        tokens = self.tokens
        scope = self.scopes[name] = dict[str, Value]()
        seen: set[str] = set()
        for result in body.results:
            if result.name in seen:
                tokens.fail(result.token, f"{result.token.text} is defined twice in graph {name}")
            seen.add(result.name)
            if result.type is not None:
                scope[result.name] = result.value = result.value or Value(result.name, result.type)
        for node in body.nodes:
            self.node(node, scope, body.graph, seen)
        for result in body.results:
            value = scope[result.name]
            body.graph.add_value(value)
            for ref, token in result.refs.items():
                setattr(value, f"block_{ref}", self.lookup(token, scope, seen))
        body.graph.inputs = [scope[result.name] for result in body.inputs]
        body.graph.outputs = [self.lookup(token, scope, seen) for token in body.outputs]

    def node(self, node: _Application, scope: dict[str, Value], graph: Graph, names: set[str]) -> None:
        tokens = self.tokens
        operands, intermediates = (
            [None if token.text == "none" else self.lookup(token, scope, names) for token in listed]
            for listed in (node.operands, node.intermediates)
        )
        if any(result.type is None for result in node.results):
            if isinstance(node.op, UnknownOp):
                tokens.fail(node.token, "the results of an unknown operator have no type", "%name: type")
            try:
                types = infer(node.op, operands)
            except ModelError as fault:
                raise fault.at(tokens.place(node.token)) from None
            if len(types) != len(node.results):
                tokens.fail(node.token, f"{len(node.results)} names for the results of {node.op.name}", f"{len(types)}")
            for result, inferred in zip(node.results, types, strict=True):
                scope[result.name] = result.value = result.value or Value(result.name, inferred)
        callees = []
        for token in node.calls:
            if token.text not in self.bodies:
                tokens.fail(token, f"there is no graph {token.text}", ", ".join(self.bodies))
            callees.append(self.bodies[token.text].graph)
        results = [scope[result.name] for result in node.results]
        graph.add_node(
            Node(node.op, operands, results, version=node.version, intermediates=intermediates, subgraphs=callees)
        )

    def lookup(self, token: Token, scope: dict[str, Value], names: Iterable[str]) -> Value:
        name = self.tokens.string(token)
        if name in scope:
            return scope[name]
        if name in names:
            self.tokens.fail(token, f"{token.text} is read before its type is known", "a type where it is made")
        near = difflib.get_close_matches(name, scope, 1)
        self.tokens.fail(token, f"there is no {token.text} in the graph", f"%{near[0]}" if near else None)

    def signature(self) -> SignatureDef:
        tokens = self.tokens
        key = tokens.name("the name of a signature")
        tokens.expect("of")
        token = tokens.peek
        name = tokens.name("the name of a graph")
        if name not in self.bodies:
            tokens.fail(token, f"there is no graph {name}", ", ".join(self.bodies))
        inputs = self.ports(name)
        tokens.expect("->")
        return SignatureDef(key, self.bodies[name].graph, inputs, self.ports(name))

    def ports(self, graph: str) -> dict[str, Value]:
        tokens, found = self.tokens, dict[str, Value]()
        tokens.expect("(")
        while not tokens.accept(")"):
            if found:
                tokens.expect(",")
            name = tokens.name("name=%value")
            tokens.expect("=")
            found[name] = self.lookup(tokens.take_kind("ref", "%name"), self.scopes[graph], ())
        return found


@functools.cache
def _annotations(cls: type[Op]) -> dict[str, Any]:
    hints = typing.get_type_hints(cls)
    return {field.name: hints[field.name] for field in fields(cls)}
