"""Floating-point operators between exact ones run on LiteRT as they would in the whole model."""

import numpy as np
import pytest

import intact
from intact.engines.exact import Exact
from intact.engines.islands import Island
from intact.engines.litert import Session
from intact.engines.plan import Prepared
from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.op import Op
from intact.ir.text import parse
from intact.ir.types import DType, QuantParams, TensorType
from intact.ops.attributes import FusedActivation
from intact.ops.conv_2d import Conv2D
from intact.ops.dequantize import Dequantize
from intact.ops.fully_connected import FullyConnected
from intact.ops.reshape import Reshape

RESOLVERS = {"litert-reference": "reference", "litert-optimized": "optimized", "litert-xnnpack": "default"}


def weight_only(dtype: str) -> Model:
    """Two float layers, the weights of each stored in `dtype` and dequantized by a node of its own."""
    rng = np.random.default_rng(3)
    graph = Graph()
    x = graph.add_value(Value("x", TensorType(DType.FLOAT32, (2, 9, 9, 5))))
    graph.inputs = [x]

    def add(op: Op, inputs: list[Value], shape: tuple[int, ...]) -> Value:
        value = graph.add_value(Value(f"v{len(graph.values)}", TensorType(DType.FLOAT32, shape)))
        graph.add_node(Node(op, inputs, [value], version=1 if isinstance(op, Reshape) else 3))
        return value

    def weights(*shape: int) -> Value:
        name = f"w{len(graph.values)}"
        if dtype == "float16":
            stored = Value.constant(name, rng.normal(size=shape).astype(np.float16))
        else:
            quant = QuantParams(scale=np.exp(rng.uniform(-5, -3, shape[0])), zero_point=np.zeros(shape[0]))
            stored = Value.constant(name, rng.integers(-127, 128, shape).astype(np.int8), quant)
        return add(Dequantize(), [graph.add_value(stored)], shape)

    def constant(array: np.ndarray) -> Value:
        return graph.add_value(Value.constant(f"c{len(graph.values)}", array))

    def bias(count: int) -> Value:
        return constant(rng.normal(size=count).astype(np.float32))

    relu = Conv2D(fused_activation_function=FusedActivation.RELU)
    first = add(relu, [x, weights(7, 3, 3, 5), bias(7)], (2, 9, 9, 7))
    flat = add(Reshape(new_shape=(2, 567)), [first, constant(np.array([2, 567], np.int32))], (2, 567))
    graph.outputs = [add(FullyConnected(), [flat, weights(11, 567), bias(11)], (2, 11))]
    return Model(graphs=[graph], source="weight only")


@pytest.mark.parametrize("profile", RESOLVERS)
@pytest.mark.parametrize("dtype", ["int8", "float16"])
def test_weights_that_are_dequantized(profile: str, dtype: str) -> None:
    model = weight_only(dtype)
    engine = Exact(model, profile)
    sample = {"x": np.random.default_rng(5).normal(size=(2, 9, 9, 5)).astype(np.float32)}
    (ours,) = engine.run(sample).values()
    (theirs,) = Session(model, resolver=RESOLVERS[profile]).run(sample).values()
    assert np.array_equal(ours.view(np.uint32), theirs.view(np.uint32))


def test_weights_are_constants_in_an_island() -> None:
    engine = Exact(weight_only("int8"))
    steps = engine.steps[engine.graph]
    islands = [s for s in steps if isinstance(s, Island)]
    assert {s.node.op.name for s in steps if isinstance(s, Prepared)} >= {"DEQUANTIZE"}
    assert all(v.producer is None or v.producer.op.name != "DEQUANTIZE" for s in islands for v in s.reads)


def test_shapes_that_the_model_leaves_open() -> None:
    model = parse(
        """graph main(%x: int8[1,4,4,1] <scale=0.1, zero_point=0>) -> (%y) {
          %f: float32[] = DEQUANTIZE(%x)
          %size = const int32[2] [8, 8]
          %y: float32[] = RESIZE_NEAREST_NEIGHBOR(%f, %size)
        }"""
    )
    codes = np.arange(16, dtype=np.int8).reshape(1, 4, 4, 1)
    ours, theirs = (intact.run(model, {"x": codes}, engine=e).outputs[0].stored for e in ("exact", "litert"))
    assert ours.shape == (1, 8, 8, 1)
    assert ours.tobytes() == theirs.tobytes()
