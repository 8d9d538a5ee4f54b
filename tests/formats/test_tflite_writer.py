"""What is written, judged by the schema's own classes and by LiteRT."""

import io
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as s
from ai_edge_litert.interpreter import Interpreter

from formats.everything import archive, everything
from formats.plain import plain
from intact.errors import FormatError, ModelError
from intact.formats.tflite import to_bytes
from intact.formats.tflite.reader import read
from intact.formats.tflite.writer import write
from intact.ir.equal import differences
from intact.ir.graph import Buffer, Graph, Node, Value
from intact.ir.model import Metadata, Model, SignatureDef
from intact.ir.op import UnknownOp
from intact.ir.text import parse
from intact.ir.types import DType, TensorType
from intact.ops.attributes import FusedActivation

SUM = """
graph main(%x: float32[1,4]) -> (%y) {
  %c = const float32[4] [1, 2, 3, 4]
  %d = const float32[4] [10, 20, 30, 40]
  %s: float32[1,4] = ADD(%x, %c)
  %y: float32[1,4] = ADD(%s, %d)
}
"""


def reread(model: Model) -> Model:
    return read(memoryview(to_bytes(model)), "again")


def whole() -> Model:
    return read(memoryview(everything()), "everything")


def run(data: bytes, array: np.ndarray) -> np.ndarray:
    interpreter = Interpreter(model_content=data)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], array)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


def outside(model: Model) -> bytes:
    """The model's bytes with its constants behind the flatbuffer, as files over 2 GB have them."""
    stream = io.BytesIO()
    write(model, stream, limit=0)
    return stream.getvalue()


def test_everything_comes_back() -> None:
    data = everything()
    model = read(memoryview(data), "everything")
    written = to_bytes(model)
    assert plain(written) == plain(data)
    assert differences(model, read(memoryview(written), "again")) == []
    assert to_bytes(read(memoryview(written), "again")) == written


def test_litert_runs_what_is_written() -> None:
    assert run(to_bytes(parse(SUM)), np.ones((1, 4), np.float32)).tolist() == [[12, 23, 34, 45]]


def test_litert_runs_constants_outside_of_the_flatbuffer() -> None:
    model = parse(SUM)
    data = outside(model)
    assert all(b.data is None for b in s.ModelT.InitFromPackedBuf(data).buffers)
    assert run(data, np.ones((1, 4), np.float32)).tolist() == [[12, 23, 34, 45]]
    again = read(memoryview(data), "again")
    assert again.meta["buffers_outside"]
    assert differences(model, again, file_facts=False) == []
    assert to_bytes(again) == data  # a file that was so stays so


def test_the_limit_is_on_the_flatbuffer() -> None:
    model = parse(SUM)
    size = len(to_bytes(model))
    for limit, is_outside in ((size, False), (size - 32, True)):
        stream = io.BytesIO()
        write(model, stream, limit=limit)
        assert ("buffers_outside" in read(memoryview(stream.getvalue()), "x").meta) is is_outside


def test_metadata_stays_where_others_look_for_it() -> None:
    model = parse(SUM)
    model.metadata = [Metadata("m", Buffer(np.arange(20, dtype=np.uint8)))]
    records = s.ModelT.InitFromPackedBuf(outside(model))
    assert records.buffers[records.metadata[0].buffer].data.tolist() == list(range(20))


@pytest.mark.parametrize("make", [to_bytes, outside])
def test_contents_are_aligned_to_16_bytes(make) -> None:
    """LiteRT computes on them where they are."""
    data = np.frombuffer(make(whole()), np.uint8)
    start = data.__array_interface__["data"][0]
    for buffer in read(memoryview(data), "x").buffers:
        assert buffer.data.size == 0 or (buffer.data.__array_interface__["data"][0] - start) % 16 == 0
    assert data.size % 16 == 0


def test_both_fields_of_an_operators_code_are_set() -> None:
    codes = s.ModelT.InitFromPackedBuf(to_bytes(whole())).operatorCodes
    assert [(c.builtinCode, c.deprecatedBuiltinCode) for c in codes] == [
        (n, min(n, 127)) for n in (3, 19, 118, 32, 206, 209, 1234, 0, 28)
    ]


def test_no_tensor_has_buffer_0() -> None:
    """It stands for "no contents" whatever is in it."""
    model = parse(SUM)
    model.buffers = [model.main.values[1].buffer]
    records = s.ModelT.InitFromPackedBuf(to_bytes(model))
    assert records.buffers[0].data is None
    assert [t.buffer for t in records.subgraphs[0].tensors] == [0, 1, 2, 0, 0]


def test_what_editing_leaves_without_a_user_is_left_out() -> None:
    model = whole()
    model.main.values[18].buffer = None  # "unread" was the one that used it
    model.main.remove_node(model.main.nodes[1])
    again = reread(model)
    assert [len(b.data) for b in again.buffers] == [len(b.data) for b in whole().buffers if len(b.data) != 12]
    assert [c.code for c in again.meta["operator_codes"]][:3] == ["CONV_2D", "IF", "CUSTOM"]
    assert [c.code for c in again.meta["operator_codes"]][-1] == "TANH"  # was never used, so it stays


def test_tensors_of_one_view_stay_one() -> None:
    """Writers that find equal contents let two buffers name one vector."""
    shared = np.arange(1000, dtype=np.float32)
    graph = Graph()
    graph.values = [Value.constant(name, shared) for name in "abc"]
    model = Model([graph])
    assert len(to_bytes(model)) < 2 * shared.nbytes
    assert len(outside(model)) < 2 * shared.nbytes
    assert differences(model, reread(model), file_facts=False) == []


def test_a_table_of_options_appears_when_it_is_needed() -> None:
    records = s.ModelT.InitFromPackedBuf(to_bytes(parse(SUM)))
    for node in records.subgraphs[0].operators:
        node.builtinOptions, node.builtinOptionsType = None, 0
    import flatbuffers

    builder = flatbuffers.Builder(64)
    builder.Finish(records.Pack(builder), b"TFL3")
    model = read(memoryview(bytes(builder.Output())), "x")
    node = model.main.nodes[0]
    assert node.meta["no_options"]
    node.op = replace(node.op, fused_activation_function=FusedActivation.RELU)
    first, second = s.ModelT.InitFromPackedBuf(to_bytes(model)).subgraphs[0].operators
    assert first.builtinOptions.fusedActivationFunction == 1
    assert second.builtinOptions is None


def test_an_archive_behind_the_model_moves_with_it() -> None:
    """Appended by a program that counts from the start of the file, as `zipfile` in mode "a" does."""
    stream = io.BytesIO(everything())
    with zipfile.ZipFile(stream, "a") as file:
        file.writestr("labels.txt", "cat\ndog\n")
    model = read(memoryview(stream.getvalue()), "x")
    assert zipfile.ZipFile(io.BytesIO(model.tail)).read("labels.txt") == b"cat\ndog\n"
    for constant in model.main.values:
        constant.buffer = None
    model.buffers, model.meta["orphans"] = [], ()
    written = to_bytes(model)
    assert len(written) < len(stream.getvalue())
    with zipfile.ZipFile(io.BytesIO(written)) as file:
        assert file.read("labels.txt") == b"cat\ndog\n"
        # What strict readers (minizip, in TFLite's own metadata library) look at: nothing is to be corrected.
        assert written[file.infolist()[0].header_offset :].startswith(b"PK\3\4")
    assert written[file.start_dir :].startswith(b"PK\1\2")
    assert reread(model).tail == model.tail


@pytest.mark.parametrize("tail", [archive(), b"any bytes", b"PK\5\6" + bytes(18), b"PK\5\6", archive()[:-30]])
def test_other_bytes_behind_the_model_stay_as_they_are(tail) -> None:
    model = read(memoryview(everything(tail)), "x")
    assert model.tail == tail
    assert reread(model).tail == tail
    assert to_bytes(model).endswith(tail)


def test_what_tflite_does_not_have_is_refused_by_name() -> None:
    model = parse(SUM)
    model.source = "net"
    model.main.nodes[0].op = UnknownOp("Bmaxpool")
    model.main.nodes[1].op = UnknownOp("ADD", table="CircleOptions")
    with pytest.raises(FormatError) as caught:
        to_bytes(model)
    assert str(caught.value) == (
        "net: TFLite has no operator for node 0 Bmaxpool, node 1 ADD?; expected operators of its schema. [E104]"
    )


def test_numbers_too_large_for_the_schema_are_refused() -> None:
    model = whole()
    model.main.nodes[0].op = replace(model.main.nodes[0].op, stride_w=2**40)
    with pytest.raises(FormatError, match=r"everything: a number does not fit the schema \(.*\)\. \[E104\]"):
        to_bytes(model)


def test_broken_graphs_are_refused() -> None:
    stranger = Value("stranger", TensorType(DType.FLOAT32, ()))

    def fault(change) -> str:
        model = parse(SUM)
        model.source = "net"
        change(model)
        with pytest.raises(ModelError) as caught:
            to_bytes(model)
        return str(caught.value)

    assert fault(lambda m: m.main.nodes[0].replace_input(0, stranger)) == (
        "net: node 0 ADD: an operand is tensor 'stranger' of another graph; expected one of this graph. [E204]"
    )
    assert fault(lambda m: m.main.outputs.append(stranger)) == (
        "net: an output is tensor 'stranger' of another graph; expected one of this graph. [E204]"
    )
    node = Node(UnknownOp("CALL", table="CallOptions"), [], [], subgraphs=[Graph("lost")])
    assert fault(lambda m: m.main.nodes.append(node)) == (
        "net: node 2 CALL: what it runs is graph 'lost' of another model; expected one of this model. [E204]"
    )
    node = Node(UnknownOp("CALL", table="CallOptions"), [], [])
    assert fault(lambda m: m.main.nodes.append(node)) == (
        "net: node 2 CALL: there is no graph for subgraph: 0 graphs. [E204]"
    )
    assert fault(
        lambda m: m.main.nodes.append(Node(UnknownOp("CALL", table="CallOptions"), [], [], subgraphs=m.graphs * 2))
    ) == ("net: node 2 CALL: 1 of 2 graphs have no field in the options. [E204]")
    lost = SignatureDef("lost", Graph("lost"), {}, {})
    assert fault(lambda m: m.signatures.append(lost)) == (
        "net: signature 'lost': its graph is graph 'lost' of another model; expected one of this model. [E204]"
    )


def test_scales_of_blocks_must_be_in_the_graph() -> None:
    model = whole()
    blocks = next(v for v in model.main.values if v.name == "blocks")
    blocks.block_scales = model.graphs[1].values[0]
    with pytest.raises(ModelError) as caught:
        to_bytes(model)
    assert str(caught.value) == (
        "everything: graph 'main': the tensor of scales of 'blocks' is tensor 'in' of another graph; "
        "expected one of this graph. [E204]"
    )
