"""Rewrites a graph by an assignment: stored integers, and QUANTIZE or DEQUANTIZE wherever the two worlds meet."""

from __future__ import annotations

from intact.errors import QuantError
from intact.ir.graph import Buffer, Graph, Node, Value
from intact.ir.model import Model
from intact.ir.op import registry
from intact.ir.quant_rule import Bias, Unquantized, Weight
from intact.ir.types import DType, QuantParams, TensorType
from intact.quantizer.assign import Assignment
from intact.quantizer.recipe import Recipe
from intact.quantizer.report import Report
from intact.quantizer.select import operand_name, rule_of
from intact.quantizer.weights import Constants, bias_sources


class Rewriter:
    """Turns one graph of a model into its integer twin, in place.

    Every value has one home: it is stored as integers where an integer node makes it or the graph takes it so, and as
    floats otherwise. Twins in the other world, or at other parameters, are made where they are first read and shared.

    Args:
        buffers: stored constants of the graphs rewritten before; those they share are not stored again.
    """

    def __init__(
        self, model: Model, plan: Assignment, recipe: Recipe, report: Report, buffers: dict[object, Buffer]
    ) -> None:
        self._model = model
        self._graph: Graph = plan.graph
        self._plan = plan
        self._recipe = recipe
        self._constants = Constants(plan.graph, recipe, report.widened, buffers)
        self._stored: set[Value] = set()
        self._twins: dict[tuple[Value, DType, QuantParams | None], Value] = {}
        self._nodes: list[Node] = []

    def run(self, input_type: DType, output_type: DType, border: dict[Value, QuantParams]) -> None:
        """Rewrites the graph.

        Args:
            input_type, output_type: what float inputs and outputs become: float32, int8 or uint8.
            border: parameters of inputs and outputs that no integer node touches, for integer ports.
        Raises:
            QuantError: E403 where an integer port has no range.
        """
        names = {v: v.name for v in (*self._graph.inputs, *self._graph.outputs)}
        floats = {v for v in self._graph.outputs if v.dtype == DType.FLOAT32}
        for value in self._graph.inputs:
            if value.dtype == DType.FLOAT32 and input_type != DType.FLOAT32:
                self._retype(value, input_type, _as_type(self._port_params(value, border), input_type))
        for node in self._graph.nodes:
            if self._plan.is_integer(node):
                self._make_integer(node)
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

    def _make_integer(self, node: Node) -> None:
        constraints = [rule_of(node).input(operand_name(node, i)) for i in range(len(node.inputs))]
        operands = list(enumerate(node.inputs))
        stored: list[Value | None] = list(node.inputs)
        for index, value in operands:
            if value is None or isinstance(constraints[index], Unquantized | Bias):
                continue
            if value in self._plan.params:
                stored[index] = self._as_integer(value, self._wanted(node, index, value))
            elif not isinstance(constraints[index], Weight):
                stored[index] = self._constants.activation(value, self._plan.operands[node, index])
        # A weight's scale depends on its input's, and a bias' on both: the overflow guard.
        for index, value in operands:
            if isinstance(constraints[index], Weight) and value is not None and value not in self._plan.params:
                data = next(v for i, v in enumerate(stored) if i != index and v is not None and v.quant is not None)
                stored[index] = self._constants.weight(node, index, _params_of(data))
        for index, value in operands:
            constraint = constraints[index]
            if isinstance(constraint, Bias) and value is not None:
                data_params, weight_params = (_params_of(stored[i]) for i in bias_sources(node, constraint.of))
                stored[index] = self._constants.bias(value, node, data_params, weight_params)
        node.set_inputs(stored)
        node.version = max(node.version, node.op.versions.get(self._recipe.activation, 1))
        for result in node.outputs:
            if result in self._plan.params:
                self._retype(result, self._recipe.activation, self._plan.params[result])

    def _retype(self, value: Value, dtype: DType, params: QuantParams) -> None:
        """Stores a value as integers from now on."""
        value.type = TensorType(dtype, value.type.shape, value.type.signature, params)
        self._stored.add(value)

    def _wanted(self, node: Node, index: int, value: Value) -> QuantParams:
        return self._plan.operands.get((node, index), self._plan.params[value])

    def _as_integer(self, value: Value, params: QuantParams) -> Value:
        """The value stored in the type of activations at the given parameters."""
        dtype = self._recipe.activation
        if value.dtype == dtype and value.quant == params:
            return value
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
            opcode = "DEQUANTIZE" if params is None else "QUANTIZE"
            op = registry()[opcode]
            version = 2 if value.dtype != DType.FLOAT32 else 1
            self._nodes.append(Node(op(), [value], [twin], version=version))
            self._twins[key] = twin
        return self._twins[key]

    def _finish(self, value: Value, output_type: DType, name: str, border: dict[Value, QuantParams]) -> None:
        """Gives a graph output the type the user wants, under the name it had."""
        if output_type == DType.FLOAT32:
            result = self._as_float(value)
        else:
            params = _as_type(self._port_params(value, border), output_type)
            same = value.dtype == output_type and value.quant == params
            result = value if same else self._twin(value, output_type, params)
        if result is not value:
            if value not in self._graph.inputs:
                value.name = f"{name}_{value.dtype.value}"
            result.name = name  # two tensors of a file may have one name, as an input that is an output did
            self._model.replace_output(self._graph, value, result)

    def _port_params(self, value: Value, border: dict[Value, QuantParams]) -> QuantParams:
        params = self._plan.params.get(value) or border.get(value)
        if params is None:
            entry = self._model.signature_of(self._graph)
            where = f" of signature '{entry.key}'" if entry and len(self._model.signatures) > 1 else ""
            raise QuantError(
                f"'{value.name}'{where} stays in float and has no calibrated range",
                expected="a range for a port that is to be integer",
                fix="Calibrate with samples that reach it, or leave the port float32",
            )
        return params


def _as_type(params: QuantParams, dtype: DType) -> QuantParams:
    """The same scale for int8 or uint8: the stored numbers differ by 128 and so do the zero points."""
    shift = 128 if dtype == DType.UINT8 else 0
    return QuantParams.per_tensor(float(params.scale[0]), int(params.zero_point[0]) + shift)


def _params_of(value: Value | None) -> QuantParams:
    assert value is not None
    assert value.quant is not None
    return value.quant
