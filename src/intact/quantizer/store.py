"""Constants of operators that compute on floats, stored in fewer bits.

A hybrid kernel reads integers itself; for any other a DEQUANTIZE makes floats of them, once, when the model first runs.
A weight in blocks is stored as rows of one block each, since DEQUANTIZE knows scales of rows, and a RESHAPE puts them
together. What several operators read in the same way is stored once.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from intact.arith import affine
from intact.arith.packing import pack
from intact.arith.x86_sums import row_sums
from intact.errors import QuantError
from intact.ir.graph import Buffer, Graph, Node, Value
from intact.ir.op import Op
from intact.ir.types import Array, DType, QuantParams, TensorType
from intact.ops.dequantize import Dequantize
from intact.ops.reshape import Reshape
from intact.quantizer.bounds import bounds
from intact.quantizer.decide import Decision, Form
from intact.quantizer.treatment import Treatment


class Store:
    """Rewrites the nodes of one graph that stay in float, in place.

    Args:
        graph: receives the new values and nodes.
        buffers: bytes already stored for other graphs; receives the new ones.
    """

    def __init__(self, graph: Graph, buffers: dict[object, Buffer]) -> None:
        self._graph = graph
        self._buffers = buffers
        self._constants: dict[object, Value] = {}
        self._reals: dict[Value, Value] = {}
        self._nodes: list[Node] = []

    def run(self, decisions: dict[Node, tuple[Treatment, Decision]]) -> None:
        """Stores constants as was decided.

        Raises:
            QuantError: E403 where a weight holds NaN or infinity.
        """
        for node in self._graph.nodes:
            treatment, decision = decisions.get(node, (None, Decision()))
            if treatment is not None and decision.forms:
                if treatment.kind == "dynamic-range":
                    self._make_hybrid(node, treatment, decision)
                else:
                    for index, form in decision.forms.items():
                        node.replace_input(index, self._as_real(self._stored(node, index, form), node.inputs[index]))
            self._nodes.append(node)
        self._graph.nodes = self._nodes

    def _make_hybrid(self, node: Node, treatment: Treatment, decision: Decision) -> None:
        stored = [self._stored(node, i, form) for i, form in decision.forms.items()]
        asymmetric = treatment.asymmetric_inputs and all(map(_sums_are_kept, stored))
        for index, value in zip(decision.forms, stored, strict=True):
            node.replace_input(index, value)
        rule = node.op.hybrid
        assert rule is not None
        by_channel = any(v.quant is not None and v.quant.is_per_channel for v in stored)
        node.op = _with_asymmetric_inputs(node.op, asymmetric)
        node.version = max(node.version, rule.versions[2 if by_channel else 1 if asymmetric else 0])

    def _stored(self, node: Node, index: int, form: Form) -> Value:
        """The stored twin of a constant."""
        value = node.inputs[index]
        assert value is not None
        key = (value.buffer, value.shape, form)
        if key not in self._constants:
            array = value.array
            assert array is not None
            if form.dtype != DType.FLOAT16 and not np.isfinite(array).all():
                raise QuantError(
                    f"weight '{value.name}' of {node.op.name} holds NaN or infinity",
                    expected="finite weights",
                    fix="Retrain or repair the float model",
                )
            if form.block_size:
                array = array.reshape(-1, form.block_size)
            quant, content = _quantized(array, form)
            buffer = self._buffers.setdefault(key, Buffer(content))
            twin = Value(value.name, TensorType(form.dtype, array.shape, quant=quant), buffer)
            self._constants[key] = self._graph.add_value(twin)
        return self._constants[key]

    def _as_real(self, stored: Value, constant: Value | None) -> Value:
        """The floats that a stored constant stands for, in the shape of the constant."""
        assert constant is not None
        if stored not in self._reals:
            name, op = f"{constant.name}_float32", Dequantize()
            version = 5 if stored.dtype == DType.INT8 and _is_per_channel(stored) else op.versions[stored.dtype]
            real = self._add(op, [stored], f"{name}_rows" if stored.shape != constant.shape else name, stored, version)
            if stored.shape != constant.shape:
                sizes = Value.constant(f"{constant.name}_shape", np.array(constant.shape, np.int32))
                reshape = Reshape(new_shape=constant.shape)
                real = self._add(reshape, [real, self._graph.add_value(sizes)], name, constant, 1)
            self._reals[stored] = real
        return self._reals[stored]

    def _add(self, op: Op, operands: list[Value], name: str, like: Value, version: int) -> Value:
        result = self._graph.add_value(Value(name, TensorType(DType.FLOAT32, like.shape)))
        self._nodes.append(Node(op, operands, [result], version=version))
        return result


def _quantized(array: Array, form: Form) -> tuple[QuantParams | None, NDArray[np.generic]]:
    """The parameters and the bytes of a constant, blocks as rows."""
    if form.dtype == DType.FLOAT16:
        return None, array.astype(np.float16)
    axis = 0 if form.block_size else form.axis
    if axis is not None:
        axis %= array.ndim
    qmax = form.dtype.limits[1]
    scale = affine.symmetric(bounds(array, axis, form.observer, qmax), qmax)
    stored = affine.quantize(array, scale, 0, -qmax, qmax, "int8", axis)
    quant = QuantParams(scale=scale, zero_point=np.zeros(scale.size, np.int64), quantized_dimension=axis or 0)
    return quant, pack(stored, 4) if form.dtype == DType.INT4 else stored


def _with_asymmetric_inputs(op: Op, asymmetric: bool) -> Op:
    """The operator, told how to quantize its activations; convolutions are not asked."""
    if not hasattr(op, "asymmetric_quantize_inputs"):
        return op
    changed: Op = replace(op, asymmetric_quantize_inputs=asymmetric)  # type: ignore[call-arg]  # it has the field
    return changed


def _sums_are_kept(stored: Value) -> bool:
    """Whether LiteRT adds a matrix' rows up rightly, which it does in 16 bits to make up for zero points."""
    array = stored.array
    assert array is not None
    rows = array.reshape(-1, array.shape[-1]) if array.ndim else array.reshape(1, 1)
    return bool((row_sums(rows) == rows.sum(axis=1, dtype=np.int64)).all())


def _is_per_channel(stored: Value) -> bool:
    return stored.quant is not None and stored.quant.is_per_channel
