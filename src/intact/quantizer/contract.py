"""The input and output contract of a model: how reals become integers at its border."""

from __future__ import annotations

from intact.ir.graph import Graph, Value
from intact.ir.model import Model, SignatureDef
from intact.ir.port import input_names, output_names
from intact.ir.types import QuantParams
from intact.quantizer.report import Contract


def contract(model: Model, graph: Graph) -> tuple[list[Contract], list[Contract]]:
    """Returns the contracts of a graph's inputs and outputs, in order; those of each signature where it has several.

    A float port is looked through: the integer behind its QUANTIZE or DEQUANTIZE is the one that counts.
    """
    inputs, outputs = [], []
    entries: list[SignatureDef | None] = [s for s in model.signatures if s.graph is graph]
    for entry in entries or [None]:
        key = entry.key if entry else None
        for name, value in input_names(model, graph, entry).items():
            stored = _behind_input(graph, value)
            inputs.append(_contract(name, "input", value, stored[0] if stored else value, key))
        for name, value in output_names(model, graph, entry).items():
            outputs.append(_contract(name, "output", value, _behind_output(value), key))
    return inputs, outputs


def stored_twice(model: Model, graph: Graph) -> list[str]:
    """Returns a sentence for each float input that becomes integers of several scales; its contract has one of them."""
    said = []
    for name, value in input_names(model, graph).items():
        params = [f"{p.scale[0]:.6g} and {p.zero_point[0]}" for v in _behind_input(graph, value) if (p := v.quant)]
        if len(params) > 1:
            listed = ", ".join(params)
            said.append(
                f"input '{name}' is quantized to several scales and zero points; the contract has the first: {listed}"
            )
    return said


def _behind_input(graph: Graph, value: Value) -> list[Value]:
    """The integers that QUANTIZE makes of a float input, whoever else reads it, one for each scale and zero point."""
    if not value.dtype.is_float:
        return []
    found = [n.outputs[0] for n in graph.nodes if n.op.name == "QUANTIZE" and n.inputs[0] is value]
    return [v for i, v in enumerate(found) if v.quant not in [earlier.quant for earlier in found[:i]]]


def _behind_output(value: Value) -> Value:
    producer = value.producer
    if value.dtype.is_float and producer is not None and producer.op.name == "DEQUANTIZE" and producer.inputs[0]:
        return producer.inputs[0]
    return value


def _contract(name: str, role: str, port: Value, stored: Value, key: str | None) -> Contract:
    shape = port.type.signature or port.type.shape or ()
    quant: QuantParams | None = stored.quant
    if quant is None or quant.scale.size != 1 or not stored.dtype.is_integer:
        return Contract(name, role, port.dtype.value, shape, None, None, None, None, key)
    low, high = stored.dtype.limits
    zero_point = int(quant.zero_point[0]) if quant.zero_point.size else 0
    return Contract(name, role, port.dtype.value, shape, float(quant.scale[0]), zero_point, low, high, key)
