"""What a model is made of: float, integer, or in between; and which of its numbers are already quantized."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.graph import Node, Value
from intact.ir.model import Model
from intact.ir.types import DType

BOUNDARY = frozenset({"QUANTIZE", "DEQUANTIZE"})
"""Operators that change how numbers are stored and compute nothing."""


@dataclass(frozen=True)
class Kind:
    """What a model computes in.

    Args:
        compute: "integer" (every operator that computes on real numbers does so on quantized integers; QUANTIZE and
            DEQUANTIZE at its border aside), "float", or "hybrid".
        quantization: "none", or what is quantized: "int8 per-channel", "dynamic range (int8 weights, per-tensor)", ...
        integer: operators that compute on quantized integers.
        float: operators that compute on floats.
    """

    compute: str
    quantization: str
    integer: int
    float: int


def is_float_node(node: Node) -> bool:
    """True where a node computes on floating-point numbers, in whole (float) or in part (hybrid kernels)."""
    if node.op.name in BOUNDARY or (node.op.name == "DENSIFY" and node.inputs and node.inputs[0] is not None):
        return False
    return any(v.dtype.is_float for v in node.data)


def is_integer_node(node: Node) -> bool:
    """True where a node computes on quantized integers throughout."""
    data = node.data
    return (
        node.op.name not in BOUNDARY
        and any(v.quant is not None and v.quant.is_quantized and v.dtype.is_integer for v in data)
        and not any(v.dtype.is_float for v in data)
    )


def kind(model: Model) -> Kind:
    """Returns what a model computes in and what of it is quantized."""
    integer = sum(1 for *_, n in model.nodes() if is_integer_node(n))
    floats = sum(1 for *_, n in model.nodes() if is_float_node(n))
    compute = "float" if not integer else "hybrid" if floats else "integer"
    return Kind(compute, quantization(model), integer, floats)


def quantization(model: Model) -> str:
    """Returns what is quantized in a model, in the field's words; "none" for a float model."""
    activations: set[DType] = set()
    stored_types: set[DType] = set()
    hybrid = stored = per_channel = False
    weight_types: set[DType] = set()
    half = False
    for graph in model.graphs:
        for value in graph.values:
            if _is_quantized(value) and not value.is_constant:
                stored_types.add(value.dtype)
        for node in graph.nodes:
            if node.op.name not in BOUNDARY:
                activations |= {v.dtype for v in node.data if _is_quantized(v) and not v.is_constant}
            for weight in node.inputs:
                if weight is None or not weight.is_constant:
                    continue
                half = half or (weight.dtype == DType.FLOAT16 and node.op.name == "DEQUANTIZE")
                if not _is_quantized(weight):
                    continue
                weight_types.add(weight.dtype)
                per_channel = per_channel or (weight.quant is not None and weight.quant.is_per_channel)
                if node.op.name == "DEQUANTIZE":
                    stored = True
                elif any(v.dtype == DType.FLOAT32 for v in node.outputs):
                    hybrid = True
    grain = "per-channel" if per_channel else "per-tensor"
    names = "/".join(sorted(d.value for d in weight_types))
    kinds = {
        DType.INT16: "int16x8" if DType.INT8 in weight_types else "int16",
        DType.INT8: "int8",
        DType.UINT8: "uint8",
        DType.INT4: "int4",
    }
    found = [text for dtype, text in kinds.items() if dtype in (activations or stored_types)]
    if found:
        return f"{' and '.join(found)} {grain}" + (" and dynamic range" if hybrid else "")
    if hybrid:
        return f"dynamic range ({names} weights, {grain})"
    if stored or weight_types:
        return f"weight only ({names}, {grain})"
    return "float16 weights" if half else "none"


def _is_quantized(value: Value) -> bool:
    return value.quant is not None and value.quant.is_quantized and value.dtype.is_integer
