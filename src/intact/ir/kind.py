"""What a model is made of: float, integer, or in between; and which of its numbers are already quantized."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import counted
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
            DEQUANTIZE at its border aside), "float" (none does), or "hybrid": some do, or hybrid kernels run some.
        quantization: "none", or what is quantized: "int8 per-channel", "dynamic range (int8 weights, per-tensor)", ...
        integer: operators that compute on quantized integers.
        float: operators that compute on floats, those of hybrid kernels among them.
        hybrid: operators that hybrid kernels run: they take and give floats and multiply integer weights.
    """

    compute: str
    quantization: str
    integer: int
    float: int
    hybrid: int = 0

    def __str__(self) -> str:
        parts = [counted(self.integer, "integer operator")] if self.integer or not self.hybrid else []
        parts += [f"{counted(self.hybrid, 'operator')} on hybrid kernels"] if self.hybrid else []
        parts += [f"{self.float - self.hybrid} in float"] if self.float > self.hybrid else []
        return f"{self.compute} ({', '.join(parts)})"


def is_float_node(node: Node) -> bool:
    """True where a node computes on floating-point numbers, in whole (float) or in part (hybrid kernels)."""
    if node.op.name in BOUNDARY or (node.op.name == "DENSIFY" and node.inputs and node.inputs[0] is not None):
        return False
    return any(v.dtype.is_float for v in node.data)


def is_hybrid_node(node: Node) -> bool:
    """True where a hybrid kernel runs a node: its results are float32, and constants it reads itself are integers that
    stand for real numbers. Such kernels make integers of the activations as they run, and multiply integers.
    """
    return (
        node.op.name not in BOUNDARY
        and any(v.dtype == DType.FLOAT32 for v in node.outputs)
        and any(v is not None and v.is_constant and _is_quantized(v) for v in node.inputs)
    )


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
    hybrid = sum(1 for *_, n in model.nodes() if is_hybrid_node(n))
    compute = "float" if not integer + hybrid else "hybrid" if floats else "integer"
    return Kind(compute, quantization(model), integer, floats, hybrid)


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
                elif is_hybrid_node(node):
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
