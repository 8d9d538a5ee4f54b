"""Operator and OperatorCode of the schema, Op and Node of the IR, there and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import intact.ops  # noqa: F401 - registers the operators
from intact.errors import IntactError
from intact.formats.tflite.indices import graph_index, indices_of, pick, pick_graph, pick_operand
from intact.formats.tflite.options import (
    Options,
    new_record,
    read_fields,
    read_options,
    read_unknown,
    set_subgraphs,
    subgraph_indices,
    union_numbers,
    write_fields,
    write_unknown,
)
from intact.formats.tflite.schema import names, numbers, schema
from intact.formats.tflite.table import Flatbuffer, corrupt
from intact.ir.graph import Buffer, Graph, Node, Value
from intact.ir.op import Op, UnknownOp, registry

_LAST_DEPRECATED_CODE = 127


@dataclass(frozen=True)
class OperatorCode:
    """One entry of a file's table of operators.

    Args:
        code: builtin operator name; the number as text where the schema has no name for it.
        custom_code: name of a custom operator.
        version: of the operator's definition.
    """

    code: str
    custom_code: str | None
    version: int


def read_operator_codes(file: Flatbuffer, model: Any) -> list[OperatorCode]:
    """Returns a file's table of operators."""
    return [_read_operator_code(file, table) for table in file.tables(model, "OperatorCodes")]


def _read_operator_code(file: Flatbuffer, table: Any) -> OperatorCode:
    # Old files have the code in an 8-bit field alone; newer ones have a 32-bit field, and 127 there for all above.
    number = max(table.BuiltinCode(), table.DeprecatedBuiltinCode())
    if number < 0:
        raise corrupt(f"an operator has the code {number}", "0 or more")
    custom = table.CustomCode()
    name = names("BuiltinOperator").get(number, str(number))
    return OperatorCode(name, None if custom is None else file.text(custom), table.Version())


def write_operator_code(code: OperatorCode) -> Any:
    """Returns the schema's record of an entry."""
    number = _code_number(code.code)
    return schema().OperatorCodeT(
        deprecatedBuiltinCode=min(number, _LAST_DEPRECATED_CODE),
        builtinCode=number,
        customCode=code.custom_code,
        version=code.version,
    )


def _code_number(name: str) -> int:
    known = numbers("BuiltinOperator").get(name)
    return int(name) if known is None else known


@dataclass(frozen=True)
class NodeReader:
    """Makes nodes of one graph from a file's operators.

    Args:
        file: the file.
        codes: its table of operators.
        graphs: all graphs of the model.
        values: those of this graph.
    """

    file: Flatbuffer
    codes: Sequence[OperatorCode]
    graphs: Sequence[Graph]
    values: Sequence[Value]

    def read(self, index: int, table: Any) -> tuple[Node, OperatorCode]:
        """Returns a node and the entry of the table of operators that it names."""
        where = f"node {index}"
        try:
            if not 0 <= table.OpcodeIndex() < len(self.codes):
                raise corrupt(f"the operator is number {table.OpcodeIndex()} of {len(self.codes)}")
            code = self.codes[table.OpcodeIndex()]
            where += f" {code.custom_code or code.code}"
            return self._read(table, code), code
        except IntactError as fault:
            fault.at(where)
            raise

    def _read(self, table: Any, code: OperatorCode) -> Node:
        file = self.file
        meta: dict[str, Any] = {}
        options = read_options(file, table)
        custom = file.array(table.CustomOptionsAsNumpy())
        custom_options = None if custom is None else custom.tobytes()
        op = _read_op(code, options, custom_options)
        if not isinstance(op, UnknownOp):
            if op.options is not None and options is None:
                meta["no_options"] = True
            if custom_options is not None:
                meta["custom_options"] = custom_options
        if table.CustomOptionsFormat():
            meta["custom_options_format"] = table.CustomOptionsFormat()
        mutating = file.numbers(table.MutatingVariableInputsAsNumpy())
        if mutating:
            meta["mutating_variable_inputs"] = mutating
        if table.LargeCustomOptionsOffset() > 1:
            content = file.outside(table.LargeCustomOptionsOffset(), table.LargeCustomOptionsSize())
            meta["large_custom_options"] = Buffer(content)
        if table.DebugMetadataIndex() != -1:
            meta["debug_metadata_index"] = table.DebugMetadataIndex()
        callees = subgraph_indices(options.record) if options else ()
        node = Node(
            op,
            [pick_operand(self.values, i, "an operand") for i in file.numbers(table.InputsAsNumpy())],
            [pick(self.values, i, "a result") for i in file.numbers(table.OutputsAsNumpy())],
            version=code.version,
            intermediates=[
                pick_operand(self.values, i, "an intermediate") for i in file.numbers(table.IntermediatesAsNumpy())
            ],
            subgraphs=[pick_graph(self.graphs, i, "what it runs") for i in callees],
        )
        node.meta = meta
        return node


def _read_op(code: OperatorCode, options: Options | None, custom_options: bytes | None) -> Op:
    """An operator of the class registered for the code; UnknownOp where there is none or its table is another."""
    known = registry().get(code.code)
    if known is not None and code.custom_code is None and (options is None or options.name == known.options):
        record = options.record if options else new_record(known) if known.options else None
        op = read_fields(known, record)
        if op is not None:
            return op
    if options is None:
        return UnknownOp(code.code, code.custom_code, custom_options=custom_options)
    fields = read_unknown(options.record)
    return UnknownOp(
        code.code, code.custom_code, options.name, fields, custom_options, is_second_union=options.is_second_union
    )


@dataclass(frozen=True)
class NodeWriter:
    """Makes a file's operators from the nodes of one graph.

    Args:
        codes: index of each entry in the file's table of operators.
        graphs: index of each graph.
        values: index of each value of this graph.
    """

    codes: Mapping[OperatorCode, int]
    graphs: Mapping[Graph, int]
    values: Mapping[Value, int]

    def write(self, index: int, node: Node) -> Any:
        """Returns the schema's record of a node. The offset of large custom options is yet to be set in it."""
        try:
            return self._write(node)
        except IntactError as fault:
            fault.at(f"node {index} {node.op.name}")
            raise

    def _write(self, node: Node) -> Any:
        meta = node.meta
        intermediates = indices_of(node.intermediates, self.values, "an intermediate")
        record = schema().OperatorT(
            opcodeIndex=self.codes[operator_code(node)],
            inputs=indices_of(node.inputs, self.values, "an operand"),
            outputs=indices_of(node.outputs, self.values, "a result"),
            intermediates=intermediates if node.intermediates else None,
            customOptionsFormat=meta.get("custom_options_format", 0),
            mutatingVariableInputs=list(meta.get("mutating_variable_inputs", ())) or None,
            debugMetadataIndex=meta.get("debug_metadata_index", -1),
        )
        if "large_custom_options" in meta:
            record.largeCustomOptionsOffset, record.largeCustomOptionsSize = 1, meta["large_custom_options"].data.size
        custom = node.op.custom_options if isinstance(node.op, UnknownOp) else meta.get("custom_options")
        if custom is not None:
            record.customOptions = np.frombuffer(custom, np.uint8)
        self._write_options(record, node)
        return record

    def _write_options(self, record: Any, node: Node) -> None:
        table = node.op.table if isinstance(node.op, UnknownOp) else node.op.options
        if table is None:
            return
        if isinstance(node.op, UnknownOp):
            options = write_unknown(node.op)
        else:
            options = write_fields(node.op)
            # A pass may have given the operator attributes since; then it needs a table after all.
            is_default = vars(options) == vars(new_record(type(node.op)))
            if node.meta.get("no_options") and is_default and not node.subgraphs:
                return
        set_subgraphs(options, [graph_index(g, self.graphs, "what it runs") for g in node.subgraphs])
        first, second = union_numbers(table)
        record.builtinOptionsType, record.builtinOptions2Type = first, second
        record.builtinOptions, record.builtinOptions2 = options if first else None, options if second else None


def operator_code(node: Node) -> OperatorCode:
    """Returns the entry of the table of operators that a node needs."""
    if isinstance(node.op, UnknownOp):
        return OperatorCode(node.op.code, node.op.custom_code, node.version)
    return OperatorCode(node.op.opcode, None, node.version)


def unwritable(node: Node) -> bool:
    """True for an operator that the schema has no code or no table for."""
    code = operator_code(node).code
    table = node.op.table if isinstance(node.op, UnknownOp) else node.op.options
    has_code = code in numbers("BuiltinOperator") or code.isdecimal()
    return not has_code or (table is not None and not any(union_numbers(table)))
