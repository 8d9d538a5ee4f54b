"""What is read of a file that has everything."""

import numpy as np
import pytest

from formats.everything import LARGE, OUTSIDE, everything, model, pack
from intact.errors import FormatError, ModelError
from intact.formats.tflite.nodes import OperatorCode
from intact.formats.tflite.reader import read
from intact.ir.graph import Node, Value
from intact.ir.model import Model
from intact.ir.op import UnknownOp
from intact.ir.types import Blockwise, CustomQuantization, DType, MultiAxis, QuantParams, SparseDim, Sparsity
from intact.ops.attributes import FusedActivation
from intact.ops.conv_2d import Conv2D


@pytest.fixture(scope="module")
def whole() -> Model:
    return read(memoryview(everything()), "everything.tflite")


def value(whole: Model, name: str) -> Value:
    return next(v for graph in whole.graphs for v in graph.values if v.name == name)


def node(whole: Model, index: int) -> Node:
    return whole.main.nodes[index]


def test_constants_are_views_into_the_file() -> None:
    data = np.frombuffer(everything(), np.uint8)
    found = read(memoryview(data), "x")
    for buffer in found.buffers:
        assert buffer.data.size == 0 or np.shares_memory(buffer.data, data)
        assert not buffer.data.flags.writeable


def test_tensors_of_one_buffer_share_it_across_graphs(whole) -> None:
    assert value(whole, "filter").buffer is value(whole, "shared 1").buffer
    assert value(whole, "scales").buffer is value(whole, "shared 2").buffer
    assert value(whole, "filter").array.tolist() == [[[[3, -4]]]]


def test_values_are_where_their_tensor_index_says(whole) -> None:
    assert [v.name for v in whole.main.values][:3] == ["x", "filter", "y"]
    assert [v.name for v in whole.main.inputs] == ["x", "condition"]
    assert [v.name for v in whole.main.outputs] == ["y", "z", "filter", "y"]


def test_shapes(whole) -> None:
    assert value(whole, "x").type.signature == (-1, 8, 8, 1)
    assert value(whole, "x").shape == (1, 8, 8, 1)
    assert value(whole, "condition").type.shape == ()
    assert value(whole, "handle").type.shape is None
    assert value(whole, "handle").dtype == DType.RESOURCE


def test_without_has_rank_an_empty_shape_is_a_scalars() -> None:
    records = model(2, 2)
    for graph in records.subgraphs:
        for tensor in graph.tensors:
            tensor.hasRank = False
    records.buffers[6] = records.buffers[1]
    records.subgraphs[0].operators = []
    found = read(memoryview(pack(records)), "x")
    assert value(found, "handle").type.shape == ()


def test_quantization(whole) -> None:
    assert value(whole, "filter").quant == QuantParams([0.5, 0.25], [0, 0], 3, [-1, -2], [1, 2])
    assert value(whole, "y").quant == QuantParams(min=[-3], max=[np.inf])
    assert value(whole, "x").quant is None
    blocks = value(whole, "blocks")
    assert blocks.quant.details == Blockwise(4, (1, 4))
    assert (blocks.block_scales, blocks.block_zero_points) == (value(whole, "scales"), None)
    axes = value(whole, "axes")
    assert axes.quant.details == MultiAxis(4, (0, 1))
    assert axes.block_zero_points is value(whole, "shared 1")
    assert value(whole, "foreign").quant.details == CustomQuantization(b"\0tool")


def test_sparsity(whole) -> None:
    sparse = SparseDim(is_csr=True, segments=("uint8", (0, 1, 2)), indices=("uint16", (3, 0)))
    assert value(whole, "sparse").sparsity == Sparsity((0, 1, 2), (1,), (SparseDim(is_csr=False, dense_size=2), sparse))


def test_no_elements_are_not_no_contents(whole) -> None:
    assert value(whole, "none").is_constant
    assert value(whole, "none").array.shape == (0,)
    assert value(whole, "state").is_variable
    assert not value(whole, "state").is_constant


def test_contents_outside_of_the_flatbuffer(whole) -> None:
    assert value(whole, "outside").array.tolist() == OUTSIDE.tolist()
    assert node(whole, 4).meta["large_custom_options"].data.tobytes() == LARGE


def test_options_become_fields(whole) -> None:
    assert node(whole, 0).op == Conv2D(
        stride_w=2, stride_h=3, fused_activation_function=FusedActivation.RELU6, dilation_h_factor=2
    )
    assert node(whole, 0).version == 3
    assert node(whole, 1).op.opcode == "RELU"


def test_omitted_operands_keep_their_place(whole) -> None:
    assert node(whole, 0).inputs == (value(whole, "x"), value(whole, "filter"), None)
    assert node(whole, 3).intermediates == (value(whole, "state"), None)


def test_graphs_that_operators_run(whole) -> None:
    _, then, other = whole.graphs
    assert node(whole, 2).subgraphs == (then, other)
    assert node(whole, 5).subgraphs == (other,)
    assert node(whole, 6).subgraphs == (other, then)


def test_what_is_not_known_is_kept(whole) -> None:
    custom, composite, case, new, odd = (node(whole, i).op for i in (3, 5, 6, 7, 8))
    assert custom == UnknownOp("CUSTOM", "Mine", custom_options=b"\1\2\3")
    assert custom.name == "CUSTOM:Mine"
    assert composite.table == "StableHLOCompositeOptions"
    assert composite.is_second_union
    assert dict(composite.fields) == {
        "name": b"gelu",
        "compositeAttributes": b"\7\7",
        "compositeAttributesFormat": 0,
        "version": 0,
    }
    assert case == UnknownOp("STABLEHLO_CASE", table="StablehloCaseOptions", is_second_union=True)
    assert new == UnknownOp("1234")
    assert odd == UnknownOp("ADD", table="MulOptions", fields=(("fusedActivationFunction", 1),))


def test_facts_of_the_file(whole) -> None:
    assert node(whole, 3).meta == {"mutating_variable_inputs": (True, False), "debug_metadata_index": 11}
    assert value(whole, "variant").meta["variant_tensors"] == ((DType.BFLOAT16, (3, -1), True),)
    assert value(whole, "elsewhere").meta == {"external_buffer": 1}
    assert whole.meta["external_buffer_groups"] == ("weights.bin",)
    assert whole.meta["external_buffers"] == ((7, 0, 64, 20, "raw"),)
    assert whole.graphs[2].meta == {"debug_metadata_index": 5}
    codes = whole.meta["operator_codes"]
    assert codes[OperatorCode("TANH", None, 7)] is False
    assert next(iter(codes)) == OperatorCode("CONV_2D", None, 3)
    assert [b.data.tobytes() for b in whole.meta["orphans"]] == [b"", b"", b"orphan", b""]


def test_metadata_and_signatures(whole) -> None:
    assert whole.description == "everything"
    assert [(m.name, m.buffer.data.tobytes()) for m in whole.metadata] == [
        ("min_runtime_version", b"1.5.0\0\0"),
        ("again", b"1.5.0\0\0"),
    ]
    assert whole.meta["metadata_buffer"][0].data.tobytes() == b"legacy"
    first, second = whole.signatures
    assert (first.key, first.graph, list(first.outputs)) == ("serve", whole.main, ["b", "a"])
    assert first.inputs == {"image": value(whole, "x")}
    assert (second.key, second.graph, second.inputs) == ("other", whole.graphs[2], {})


def broken(change) -> str:
    """The message for the file with a change made to its records."""
    records = model(2, 2)
    change(records)
    data = pack(records) + bytes(200)
    with pytest.raises((FormatError, ModelError)) as caught:
        read(memoryview(data), "x")
    return str(caught.value)


DAMAGED = "Get the file again; it is cut off or damaged. [E102]"


@pytest.mark.parametrize(
    ("path", "number", "message"),
    [
        ("subgraphs.0.tensors.1.buffer", 99, "graph 0 'main': tensor 1: the contents are in buffer 99 of 14. "),
        (
            "subgraphs.0.tensors.0.shape",
            [1, -8],
            "graph 0 'main': tensor 0: a tensor has the sizes [1, -8]; expected 0",
        ),
        ("subgraphs.0.tensors.0.shapeSignature", [-1], "tensor 0: shape [1, 8, 8, 1] goes with shape_signature [-1]; "),
        ("subgraphs.0.tensors.9.quantization.details.scales", 77, "the tensor of scales is tensor 77 of 19. "),
        ("subgraphs.0.tensors.9.quantization.details.scales", -1, "tensor 9: the scales of blocks are in tensor -1. "),
        ("subgraphs.0.inputs", [-1], "graph 0 'main': an input is tensor -1 of 19. "),
        ("subgraphs.0.outputs", [19], "graph 0 'main': an output is tensor 19 of 19. "),
        ("subgraphs.0.operators.0.inputs", [55], "graph 0 'main': node 0 CONV_2D: an operand is tensor 55 of 19. "),
        ("subgraphs.0.operators.3.outputs", [-1], "graph 0 'main': node 3 Mine: a result is tensor -1 of 19. "),
        ("subgraphs.0.operators.3.intermediates", [-2], "node 3 Mine: an intermediate is tensor -2 of 19. "),
        ("subgraphs.0.operators.0.opcodeIndex", 20, "graph 0 'main': node 0: the operator is number 20 of 9. "),
        ("subgraphs.0.operators.2.builtinOptions.elseSubgraphIndex", 3, "node 2 IF: what it runs is subgraph 3 of 3. "),
        ("subgraphs.0.operators.4.largeCustomOptionsOffset", 10**9, "node 4 Mine: 7 bytes at 1000000000 are outside"),
        ("buffers.6.size", 2**60, f"buffer 6: {2**60} bytes at 2 are outside the file"),
        ("metadata.0.buffer", 14, "metadata 'min_runtime_version' is buffer 14 of 14. "),
        ("metadataBuffer", [-1], "a metadata buffer is buffer -1 of 14. "),
        ("signatureDefs.0.subgraphIndex", 3, "signature 'serve': its graph is subgraph 3 of 3. "),
        ("signatureDefs.0.inputs.0.tensorIndex", 19, "signature 'serve': 'image' is tensor 19 of 19. "),
        (
            "signatureDefs.0.outputs.0.name",
            "a",
            "signature 'serve': two outputs are named 'a'; expected a name for each",
        ),
        ("subgraphs.0.tensors.0.name", b"\xff\xfe", r"tensor 0: the text b'\xff\xfe' of 2 bytes is not UTF-8. "),
        ("operatorCodes.0.deprecatedBuiltinCode", -3, "an operator has the code -3; expected 0 or more. "),
        ("subgraphs", [], "the model has no graph; expected one and more. "),
    ],
)
def test_damage_is_named_with_its_place(path, number, message) -> None:
    def change(records: object) -> None:
        *parents, last = path.split(".")
        for name in parents:
            records = records[int(name)] if name.isdecimal() else getattr(records, name)
        if last == "deprecatedBuiltinCode":
            records.builtinCode = number
        setattr(records, last, number)

    text = broken(change)
    assert message in text
    assert text.endswith(DAMAGED)


def test_two_nodes_of_one_result_are_named() -> None:
    def change(records: object) -> None:
        records.subgraphs[0].operators[1].outputs = [2]

    assert broken(change) == (
        "graph 0 'main': node 1 RELU: tensor 'y' is the result of two nodes: CONV_2D and RELU. [E204]"
    )


NEWER = "; expected what this version's schema has. Update intact and ai-edge-litert. [E103]"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("subgraphs.0.tensors.0.type", "graph 0 'main': tensor 0: element type 99 is not known"),
        ("subgraphs.0.tensors.9.quantization.detailsType", "tensor 9: quantization details of kind 99 are not known"),
        (
            "subgraphs.0.tensors.6.sparsity.dimMetadata.0.format",
            "tensor 6: a sparse dimension of format 99 is not known",
        ),
        ("subgraphs.0.tensors.6.sparsity.dimMetadata.1.arrayIndicesType", "sparse indices of kind 99 are not known"),
        ("subgraphs.0.operators.5.builtinOptions2Type", "COMPOSITE: BuiltinOptions2 of kind 99 is not known"),
    ],
)
def test_what_is_newer_than_the_schema_is_refused(path, message) -> None:
    def change(records: object) -> None:
        *parents, last = path.split(".")
        for name in parents:
            records = records[int(name)] if name.isdecimal() else getattr(records, name)
        setattr(records, last, 99)

    assert broken(change).endswith(message + NEWER)


def test_two_tables_of_options_are_refused() -> None:
    def change(records: object) -> None:
        node = records.subgraphs[0].operators[5]
        node.builtinOptionsType, node.builtinOptions = 1, records.subgraphs[0].operators[0].builtinOptions

    assert "the operator has two tables of options, Conv2DOptions and StableHLOCompositeOptions" in broken(change)


def test_a_field_the_schema_does_not_have_is_refused() -> None:
    """A newer converter's file: the table Model with one more field."""
    import flatbuffers

    builder = flatbuffers.Builder(64)
    builder.StartObject(13)
    builder.PrependUint32Slot(0, 3, 0)
    builder.PrependUint32Slot(12, 5, 0)
    builder.Finish(builder.EndObject(), b"TFL3")
    with pytest.raises(
        FormatError, match=r"^Model has field 12; expected what this version's schema has\. .*\[E103\]$"
    ):
        read(memoryview(bytes(builder.Output())), "x")


def test_options_with_a_number_that_means_nothing_are_kept_whole() -> None:
    records = model(2, 2)
    records.subgraphs[0].operators[0].builtinOptions.padding = 7
    records.buffers[6] = records.buffers[1]
    records.subgraphs[0].operators[4].largeCustomOptionsOffset = 0
    op = read(memoryview(pack(records)), "x").main.nodes[0].op
    assert isinstance(op, UnknownOp)
    assert (op.name, op.table, dict(op.fields)["padding"]) == ("CONV_2D?", "Conv2DOptions", 7)
