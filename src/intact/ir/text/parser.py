"""Parsing of IR text; `intact.ir.text` says what the language is."""

from __future__ import annotations

import difflib
import typing
from collections.abc import Collection
from dataclasses import dataclass, field, fields
from typing import Any

from intact.errors import ModelError
from intact.ir.graph import Buffer, Graph, Node, Value
from intact.ir.model import Model, SignatureDef
from intact.ir.op import Op, UnknownOp, infer, registry
from intact.ir.text.literals import read_attribute
from intact.ir.text.syntax import Token, Tokens
from intact.ir.text.values import read_contents, read_sparsity, read_type


def parse(text: str, source: str = "text") -> Model:
    """Returns the model that IR text describes. Its operators must be registered: import `intact.ops`.

    Raises:
        ModelError: E208 for what is not IR text, with line, column and a caret; the operator's own code where the type
            of a result was left to it and the operands do not fit.
    """
    return _Parser(Tokens(text)).model(source)


@dataclass
class _Definition:
    """A value being defined; `value` is None as long as its type is left to an operator."""

    token: Token
    name: str
    value: Value | None = None
    refs: dict[str, Token] = field(default_factory=dict)


@dataclass
class _Application:
    """A node; its operands are tokens until all values of the graph are defined."""

    token: Token
    op: Op
    version: int
    results: list[_Definition]
    operands: list[Token]
    intermediates: list[Token]
    callees: list[tuple[Token, str]]


@dataclass
class _Body:
    """A graph being read; its inputs are the first of its definitions."""

    graph: Graph
    definitions: list[_Definition]
    outputs: list[Token] = field(default_factory=list)
    nodes: list[_Application] = field(default_factory=list)
    scope: dict[str, Value] = field(default_factory=dict)


class _Parser:
    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.bodies: dict[str, _Body] = {}

    def model(self, source: str) -> Model:
        tokens = self.tokens
        while tokens.accept("graph"):
            self.body()
        if not self.bodies:
            raise tokens.error(tokens.peek, f"found {tokens.peek.text!r}", "graph main(...) -> (...) {...}")
        for body in self.bodies.values():
            self.build(body)
        entries = []
        while tokens.accept("signature"):
            entries.append(self.signature())
        if tokens.peek.kind != "end":
            raise tokens.error(tokens.peek, f"found {tokens.peek.text!r}", "'signature' or the end, behind all graphs")
        return Model(graphs=[body.graph for body in self.bodies.values()], signatures=entries, source=source)

    def body(self) -> None:
        tokens = self.tokens
        token = tokens.peek
        name = tokens.name("the name of a graph")
        if name in self.bodies:
            raise tokens.error(token, f"graph {name} is defined twice")
        tokens.expect("(")
        inputs = tokens.several(")", lambda: self.definition(typed=True))
        body = self.bodies[name] = _Body(Graph(name), inputs)
        body.graph.inputs = [definition.value for definition in inputs if definition.value is not None]
        tokens.expect("->")
        tokens.expect("(")
        body.outputs = tokens.several(")", lambda: tokens.take_kind("ref", "%name"))
        tokens.expect("{")
        while not tokens.accept("}"):
            self.statement(body)

    def definition(self, *, typed: bool) -> _Definition:
        """Reads a name, and its type if there is one or must be."""
        token = self.tokens.take_kind("ref", "%name")
        found = _Definition(token, self.tokens.string(token))
        if typed:
            self.tokens.expect(":")
        if typed or self.tokens.accept(":"):
            self.typed(found)
        return found

    def typed(self, definition: _Definition) -> Value:
        found, definition.refs = read_type(self.tokens)
        definition.value = Value(definition.name, found)
        return definition.value

    def statement(self, body: _Body) -> None:
        tokens = self.tokens
        results: list[_Definition] = []
        while tokens.peek.kind == "ref":
            results.append(self.definition(typed=False))
            if not tokens.accept(","):
                tokens.expect("=")
                break
        body.definitions += results
        word = tokens.take_kind("word", "an operator, const, variable, tensor or '}'")
        if word.text not in {"const", "variable", "tensor"}:
            body.nodes.append(self.application(word, results))
        elif len(results) != 1 or results[0].value is not None:
            raise tokens.error(
                word, f"{word.text} stands behind one name without a type", f"%name = {word.text} float32[1]"
            )
        else:
            self.declaration(word, results[0])

    def declaration(self, word: Token, definition: _Definition) -> None:
        value = self.typed(definition)
        value.is_variable = word.text == "variable"
        if self.tokens.accept("sparse"):
            value.sparsity = read_sparsity(self.tokens)
        if word.text == "const":
            value.buffer = Buffer(read_contents(self.tokens, value.type, any_size=value.sparsity is not None))

    def application(self, word: Token, results: list[_Definition]) -> _Application:
        tokens = self.tokens
        cls = UnknownOp if word.text == "UNKNOWN" else registry().get(word.text)
        if cls is None:
            near = difflib.get_close_matches(word.text, registry(), 1)
            raise tokens.error(
                word, f"there is no operator {word.text}", near[0] if near else "one of intact.ops, or UNKNOWN"
            )
        version = 1
        if tokens.peek.kind == "word":
            token = tokens.take()
            if not token.text.startswith("v") or not token.text[1:].isdigit() or len(token.text) > 9:
                raise tokens.error(token, f"found {token.text!r}", "'(' or a version such as v2")
            version = int(token.text[1:])
        operands = self.operands()
        intermediates = self.operands() if tokens.accept("intermediates") else []
        callees: list[tuple[Token, str]] = []
        if tokens.accept("calls"):
            tokens.expect("(")
            callees = tokens.several(")", lambda: (tokens.peek, tokens.name("the name of a graph")))
        return _Application(word, self.op(cls, word), version, results, operands, intermediates, callees)

    def operands(self) -> list[Token]:
        tokens = self.tokens

        def read() -> Token:
            return tokens.take() if tokens.peek.text == "none" else tokens.take_kind("ref", "%name or none")

        tokens.expect("(")
        return tokens.several(")", read)

    def op(self, cls: type[Op], word: Token) -> Op:
        tokens = self.tokens
        annotations = _annotations(cls)
        attributes: dict[str, Any] = {}

        def read() -> None:
            token = tokens.take_kind("word", "an attribute")
            if token.text not in annotations:
                names = ", ".join(annotations) or "none"
                raise tokens.error(token, f"{word.text} has no attribute {token.text}", names)
            tokens.expect("=")
            attributes[token.text] = read_attribute(tokens, token.text, annotations[token.text])

        if tokens.accept("{"):
            tokens.several("}", read)
        try:
            return cls(**attributes)
        except TypeError:
            lacking = [name for name in annotations if name not in attributes]
            raise tokens.error(word, f"{word.text} lacks one of {', '.join(lacking)}, which have no default") from None

    def build(self, body: _Body) -> None:
        """Turns what was read of a graph into values and nodes."""
        names: set[str] = set()
        for definition in body.definitions:
            if definition.name in names:
                raise self.tokens.error(definition.token, f"{definition.token.text} is defined twice in the graph")
            names.add(definition.name)
            if definition.value is not None:
                body.scope[definition.name] = definition.value
        for node in body.nodes:
            self.node(node, body, names)
        for definition in body.definitions:
            value = body.graph.add_value(body.scope[definition.name])
            if "scales" in definition.refs:
                value.block_scales = self.lookup(definition.refs["scales"], body)
            if "zero_points" in definition.refs:
                value.block_zero_points = self.lookup(definition.refs["zero_points"], body)
        body.graph.outputs = [self.lookup(token, body) for token in body.outputs]

    def node(self, node: _Application, body: _Body, names: Collection[str]) -> None:
        tokens = self.tokens
        operands, intermediates = (
            [None if token.text == "none" else self.lookup(token, body, names) for token in listed]
            for listed in (node.operands, node.intermediates)
        )
        if any(result.value is None for result in node.results):
            self.infer(node, operands, body)
        callees = []
        for token, name in node.callees:
            if name not in self.bodies:
                raise tokens.error(token, f"there is no graph {name}", ", ".join(self.bodies))
            callees.append(self.bodies[name].graph)
        results = [body.scope[result.name] for result in node.results]
        body.graph.add_node(
            Node(node.op, operands, results, version=node.version, intermediates=intermediates, subgraphs=callees)
        )

    def infer(self, node: _Application, operands: list[Value | None], body: _Body) -> None:
        tokens = self.tokens
        if node.op.infers == "nothing":
            problem = f"nothing says the types of the results of {node.op.name}"
            raise tokens.error(node.token, problem, "%name: type before the '='")
        try:
            types = infer(node.op, operands)
        except ModelError as fault:
            raise fault.at(tokens.place(node.token)) from None
        if len(types) != len(node.results):
            raise tokens.error(
                node.token, f"{len(node.results)} names for the results of {node.op.name}", f"{len(types)}"
            )
        for result, inferred in zip(node.results, types, strict=True):
            body.scope.setdefault(result.name, Value(result.name, inferred))

    def lookup(self, token: Token, body: _Body, names: Collection[str] = ()) -> Value:
        name = self.tokens.string(token)
        if name in body.scope:
            return body.scope[name]
        if name in names:
            raise self.tokens.error(
                token, f"{token.text} is read before its type is known", "its type where it is made"
            )
        near = difflib.get_close_matches(name, body.scope, 1)
        raise self.tokens.error(token, f"there is no {token.text} in the graph", f"%{near[0]}" if near else None)

    def signature(self) -> SignatureDef:
        tokens = self.tokens
        key = tokens.name("the name of a signature")
        tokens.expect("of")
        token = tokens.peek
        name = tokens.name("the name of a graph")
        if name not in self.bodies:
            raise tokens.error(token, f"there is no graph {name}", ", ".join(self.bodies))
        body = self.bodies[name]
        inputs = self.ports(body)
        tokens.expect("->")
        return SignatureDef(key, body.graph, inputs, self.ports(body))

    def ports(self, body: _Body) -> dict[str, Value]:
        tokens = self.tokens

        def read() -> tuple[str, Value]:
            name = tokens.name("name=%value")
            tokens.expect("=")
            return name, self.lookup(tokens.take_kind("ref", "%name"), body)

        tokens.expect("(")
        return dict(tokens.several(")", read))


def _annotations(cls: type[Op]) -> dict[str, Any]:
    hints = typing.get_type_hints(cls)
    return {field.name: hints[field.name] for field in fields(cls)}
