"""Rewrites a graph by an assignment: stored integers, and QUANTIZE or DEQUANTIZE wherever the two worlds meet."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest

import numpy as np

from intact.errors import QuantError
from intact.ir.graph import Buffer, Graph, Node, Value
from intact.ir.model import Model
from intact.ir.op import registry, signature
from intact.ir.quant_rule import Bias, Unquantized, Weight
from intact.ir.types import DType, QuantParams, TensorType
from intact.quantizer.assign import Assignment
from intact.quantizer.groups import Group, Range
from intact.quantizer.parameters import parameters
from intact.quantizer.report import Report
from intact.quantizer.select import operand_name, rule_of
from intact.quantizer.treatment import Treatment
from intact.quantizer.weights import Constants, bias_sources


class Rewriter:
    """Turns one graph of a model into its integer twin, in place.

    Every value has one home: it is stored as integers where an integer node makes it or the graph takes it so, and as
    floats otherwise. Twins in the other world, or at other parameters, are made where they are first read and shared.

    Args:
        buffers: stored constants of the graphs rewritten before; those they share are not stored again.
    """

    def __init__(self, model: Model, plan: Assignment, report: Report, buffers: dict[object, Buffer]) -> None:
        self._model = model
        self._graph: Graph = plan.graph
        self._plan = plan
        self._constants = Constants(plan.graph, report.widened, buffers)
        self._stored: set[Value] = set()
        self._twins: dict[tuple[Value, DType, QuantParams | None], Value] = {}
        self._nodes: list[Node] = []

    def run(self, input_type: DType, output_type: DType, border: Mapping[Value, Range]) -> None:
        """Rewrites the graph.

        Args:
            input_type, output_type: what float inputs and outputs become: float32, int8, uint8 or int16.
            border: ranges of inputs and outputs, for integer ports that no integer node touches.
        Raises:
            QuantError: E403 where an integer port has no range.
        """
        names = {v: v.name for v in (*self._graph.inputs, *self._graph.outputs)}
        floats = {v for v in self._graph.outputs if v.dtype == DType.FLOAT32}
        for value in self._graph.inputs:
            if value.dtype == DType.FLOAT32 and input_type != DType.FLOAT32:
                self._retype(value, input_type, self._port_params(value, input_type, border))
        for node in self._graph.nodes:
            if self._plan.is_integer(node):
                self._make_integer(node, self._plan.treatments[node])
            else:
                counted = set(node.data)
                for index, operand in enumerate(node.inputs):
                    if operand in self._stored and operand in counted:
                        node.replace_input(index, self._as_float(operand))
            self._nodes.append(node)
        for value in dict.fromkeys(self._graph.outputs):
            if value in floats:
                self._finish(value, output_type, names[value], border)
        self._graph.nodes = self._nodes

    def _make_integer(self, node: Node, treatment: Treatment) -> None:
        dtype = treatment.activation
        rule = rule_of(node)
        constraints = [rule.input(operand_name(node, i)) for i in range(len(node.inputs))]
        operands = list(enumerate(node.inputs))
        stored: list[Value | None] = list(node.inputs)
        for index, value in operands:
            if value is None or isinstance(constraints[index], Unquantized | Bias):
                continue
            if (value, dtype) in self._plan.params:
                wanted = self._plan.operands.get((node, index), self._plan.params[value, dtype])
                is_weight = isinstance(constraints[index], Weight)
                stored[index] = self._as_integer(value, wanted, treatment.weight if is_weight else dtype)
            elif not isinstance(constraints[index], Weight):
                stored[index] = self._constants.activation(value, self._plan.operands[node, index], dtype)
        # A weight's scale depends on its input's, and a bias' on both: the overflow guard.
        for index, value in operands:
            if isinstance(constraints[index], Weight) and value is not None and (value, dtype) not in self._plan.params:
                data = next(v for i, v in enumerate(stored) if i != index and v is not None and v.quant is not None)
                stored[index] = self._constants.weight(node, index, _params_of(data), treatment)
        biases = self._biases(node, dtype)
        stored += [None] * (len(biases) - len(stored))
        for index, value in enumerate(biases):
            if value is not None:
                constraint = rule.input(operand_name(node, index))
                assert isinstance(constraint, Bias)
                data_params, weight_params = (_params_of(stored[i]) for i in bias_sources(node, constraint.of))
                stored[index] = self._constants.bias(value, node, data_params, weight_params, treatment.bias)
        gets_bias = any(made is not None and old is None for old, made in zip_longest(node.inputs, biases))
        version = node.op.version_with_bias(node.version) if gets_bias else node.version
        node.set_inputs(stored)
        node.op = node.op.stored_as(dtype)
        node.version = max(version, node.op.versions.get(dtype, 1))
        for result in node.outputs:
            if (result, dtype) in self._plan.params:
                self._retype(result, dtype, self._plan.params[result, dtype])

    def _biases(self, node: Node, dtype: DType) -> list[Value | None]:
        """The node's operands that are biases, in their places; zeros where kernels of a type want one."""
        rule = rule_of(node)
        found = [
            value if isinstance(rule.input(operand_name(node, i)), Bias) else None
            for i, value in enumerate(node.inputs)
        ]
        if dtype not in rule.wants_bias or any(v is not None for v in found):
            return found
        names = signature(type(node.op)).names
        place = next(i for i, name in enumerate(names) if isinstance(rule.input(name), Bias))
        width = node.outputs[0].shape[-1]
        zeros = self._graph.add_value(Value.constant(f"{node.outputs[0].name}_bias", np.zeros(width, np.float32)))
        return [*found[:place], *[None] * (place - len(found)), zeros]

    def _retype(self, value: Value, dtype: DType, params: QuantParams) -> None:
        """Stores a value as integers from now on."""
        value.type = TensorType(dtype, value.type.shape, value.type.signature, params)
        self._stored.add(value)

    def _as_integer(self, value: Value, params: QuantParams, dtype: DType) -> Value:
        """The value stored in a type at the given parameters."""
        if value.dtype == dtype and value.quant == params:
            return value
        if (value.dtype, dtype) == (DType.INT16, DType.UINT8):  # QUANTIZE does not go from one to the other
            value = self._twin(value, DType.INT8, _shifted(params, -128))
        return self._twin(value, dtype, params)

    def _as_float(self, value: Value) -> Value:
        """The value as real numbers."""
        return value if value.dtype == DType.FLOAT32 else self._twin(value, DType.FLOAT32, None)

    def _twin(self, value: Value, dtype: DType, params: QuantParams | None) -> Value:
        key = (value, dtype, params)
        if key not in self._twins:
            count = sum(1 for v, d, _ in self._twins if v is value and d == dtype)
            name = f"{value.name}_{dtype.value}" + (f"_{count + 1}" if count else "")
            old = value.type
            twin = self._graph.add_value(Value(name, TensorType(dtype, old.shape, old.signature, params)))
            twin.meta = dict(value.meta)
            op = registry()["DEQUANTIZE" if params is None else "QUANTIZE"]()
            version = max(op.versions.get(value.dtype, 1), op.versions.get(dtype, 1))
            if params is not None and value.dtype == DType.INT8:
                version = max(version, 2)
            self._nodes.append(Node(op, [value], [twin], version=version))
            self._twins[key] = twin
        return self._twins[key]

    def _finish(self, value: Value, output_type: DType, name: str, border: Mapping[Value, Range]) -> None:
        """Gives a graph output the type the user wants, under the name it had."""
        if output_type == DType.FLOAT32:
            result = self._as_float(value)
        else:
            result = self._as_integer(value, self._port_params(value, output_type, border), output_type)
        if result is not value:
            if value not in self._graph.inputs:
                value.name = f"{name}_{value.dtype.value}"
            result.name = name  # two tensors of a file may have one name, as an input that is an output did
            self._model.replace_output(self._graph, value, result)

    def _port_params(self, value: Value, dtype: DType, border: Mapping[Value, Range]) -> QuantParams:
        """The parameters of a port: those that integer nodes give it, in its type."""
        inside = {d: p for d in self._plan.types() if (p := self._plan.params.get((value, d)))}
        if dtype in inside:
            return inside[dtype]
        for stored, params in inside.items():
            if DType.INT16 not in (stored, dtype):
                return _shifted(params, dtype.limits[0] - stored.limits[0])
            scale, zero_point = float(params.scale[0]), int(params.zero_point[0])
            low, high = (scale * (end - zero_point) for end in stored.limits)
            return parameters(Group(range=(low, high)), dtype)
        if value in border:
            return parameters(Group(range=border[value]), dtype)
        entry = self._model.signature_of(self._graph)
        where = f" of signature '{entry.key}'" if entry and len(self._model.signatures) > 1 else ""
        raise QuantError(
            f"'{value.name}'{where} stays in float and has no calibrated range",
            expected="a range for a port that is to be integer",
            fix="Calibrate with samples that reach it, or leave the port float32",
        )


def _shifted(params: QuantParams, by: int) -> QuantParams:
    """The same scale for int8 or uint8: the stored numbers differ by 128 and so do the zero points."""
    return QuantParams.per_tensor(float(params.scale[0]), int(params.zero_point[0]) + by)


def _params_of(value: Value | None) -> QuantParams:
    assert value is not None
    assert value.quant is not None
    return value.quant
