"""Which tensors LiteRT can show, and why it cannot show others."""

from __future__ import annotations

from typing import Final

from intact.arith.profile import Profile
from intact.ir.graph import Graph, Node, Value
from intact.ir.order import in_order
from intact.ir.types import DType

_UNPACKED: Final = {
    "DEQUANTIZE": (DType.FLOAT16, DType.INT8),
    "DENSIFY": (DType.FLOAT16, DType.INT8, DType.FLOAT32),
}
"""What XNNPACK's delegate unpacks of constants, by operator."""


def observable(graph: Graph, profile: Profile) -> list[Value]:
    """Returns the values of a graph that LiteRT can show: what nodes compute, in types that NumPy has.

    XNNPACK's delegate unpacks constants when it is made, and leaves the tensors of the nodes that do so unset.
    """
    unpacked = _unpacked(graph) if profile.delegate else set()
    return [v for v in graph.values if v.producer is not None and _is_number(v) and v not in unpacked]


def why_not(node: Node, profile: Profile) -> str:
    """Returns why nothing of a node of the exact engine's was compared with LiteRT's."""
    if not node.outputs:
        return "has no result; what it sets shows where it is read, and in whole runs"
    if node.op.name == "VAR_HANDLE":
        return "its result is a handle, not numbers"
    value = node.outputs[0]
    if value.dtype.numpy is None:
        return f"LiteRT does not show tensors of {value.dtype.value}; seen through what reads them, and in whole runs"
    if profile.delegate and node.op.name in _UNPACKED:
        return "XNNPACK unpacks the constant when it is made and does not show it; seen in whole runs"
    return "its results have no elements"


def _is_number(value: Value) -> bool:
    handle = value.producer is not None and value.producer.op.name == "VAR_HANDLE"
    return value.dtype.numpy is not None and not handle


def _unpacked(graph: Graph) -> set[Value]:
    """The values that DEQUANTIZE and DENSIFY make of constants of some types, one after the other too.

    Sources:
        tflite/delegates/xnnpack/xnnpack_delegate.cc, PrepareOpsToDelegate.
    """
    found: set[Value] = set()
    for node in in_order(graph):
        types = _UNPACKED.get(node.op.name, ())
        if types and all(v and v.dtype in types and (v.is_constant or v in found) for v in node.inputs):
            found.update(node.outputs)
    return found
