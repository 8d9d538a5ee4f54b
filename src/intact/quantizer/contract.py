"""The input and output contract of a model: how reals become integers at its border."""

from __future__ import annotations

from dataclasses import replace

from intact.ir.graph import Graph, Value
from intact.ir.model import Model
from intact.ir.port import input_names, output_names
from intact.ir.types import QuantParams
from intact.quantizer.report import Contract


def contract(model: Model, graph: Graph) -> tuple[list[Contract], list[Contract]]:
    """Returns the contracts of a graph's inputs and outputs, in order.

    A float port is looked through: the integer behind its QUANTIZE or DEQUANTIZE is the one that counts.
    """
    inputs = [_contract(n, "input", v, _behind_input(v)) for n, v in input_names(model, graph).items()]
    outputs = [_contract(n, "output", v, _behind_output(v)) for n, v in output_names(model, graph).items()]
    entry = model.signature_of(graph)
    key = entry.key if entry else None
    return [replace(c, signature=key) for c in inputs], [replace(c, signature=key) for c in outputs]


def _behind_input(value: Value) -> Value:
    readers = [node for node, _ in value.uses]
    if value.dtype.is_float and len(readers) == 1 and readers[0].op.name == "QUANTIZE":
        return readers[0].outputs[0]
    return value


def _behind_output(value: Value) -> Value:
    producer = value.producer
    if value.dtype.is_float and producer is not None and producer.op.name == "DEQUANTIZE" and producer.inputs[0]:
        return producer.inputs[0]
    return value


def _contract(name: str, role: str, port: Value, stored: Value) -> Contract:
    shape = port.type.signature or port.type.shape or ()
    quant: QuantParams | None = stored.quant
    if quant is None or quant.scale.size != 1 or not stored.dtype.is_integer:
        return Contract(name, role, port.dtype.value, shape, None, None, None, None)
    low, high = stored.dtype.limits
    zero_point = int(quant.zero_point[0]) if quant.zero_point.size else 0
    return Contract(name, role, port.dtype.value, shape, float(quant.scale[0]), zero_point, low, high)
