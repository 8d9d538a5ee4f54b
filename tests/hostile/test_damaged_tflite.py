"""Damaged and malicious .tflite files: whatever the bytes, an error of ours, and soon."""

import random
import struct
import time
from collections import Counter

import flatbuffers
import pytest
from ai_edge_litert import schema_py_generated as s

from formats.everything import archive, everything, pack
from hostile.damage import damaged
from intact.errors import FormatError, ModelError
from intact.formats.tflite import to_bytes
from intact.formats.tflite.reader import read

SECONDS = 1.0  # of this process, so that a busy machine fails no test


def outcome(data: bytes, *, write: bool = True) -> str:
    """The code of the error, or "read"; a model that is read must be one that can be written."""
    start = time.process_time()
    try:
        model = read(memoryview(data), "hostile")
    except (FormatError, ModelError) as fault:
        assert str(fault).endswith(f"[{fault.code}]")
        return fault.code
    finally:
        assert time.process_time() - start < SECONDS
    if write:
        to_bytes(model)
    return "read"


def test_a_file_that_is_cut_off() -> None:
    data = everything()
    found = Counter(outcome(data[:length]) for length in range(len(data)))
    assert found == {"E102": len(data)}


def test_an_archive_that_is_cut_off_is_kept() -> None:
    data = everything(archive())
    for length in range(len(everything()), len(data)):
        assert outcome(data[:length]) == "read"


def test_changed_bytes() -> None:
    data = everything(archive())
    found = Counter(outcome(d) for d in damaged(data, random.Random(0), 1000))
    assert set(found) <= {"read", "E102", "E103", "E204"}
    assert found["E102"] > 500


@pytest.mark.parametrize("number", [0, 4, 0x7FFFFFFF, 0xFFFFFFFF])
def test_every_number_of_the_file_replaced(number: int) -> None:
    data = everything()
    for at in range(0, len(data) - 4, 4):
        outcome(data[:at] + struct.pack("<I", number) + data[at + 4 :], write=False)


@pytest.mark.shared
def test_real_files_changed_and_cut_off(shared) -> None:
    rng = random.Random(1)
    paths = sorted(p for p in (shared / "models").rglob("*.tflite") if p.stat().st_size < 300_000)
    for path in rng.sample(paths, 20):
        data = path.read_bytes()
        for changed in damaged(data, rng, 40):
            outcome(changed)
        for _ in range(40):
            outcome(data[: rng.randrange(len(data))])


@pytest.mark.parametrize("data", [b"", b"TFL3", bytes(8), b"\0\0\0\0TFL3", b"\xff\xff\xff\xffTFL3", b"\x08\0\0\0TFL3"])
def test_hardly_any_bytes(data: bytes) -> None:
    assert outcome(data) == "E102"


def test_another_identifier_is_refused() -> None:
    with pytest.raises(FormatError, match=r"^the file identifier is b'CIR0'; expected b'TFL3'\."):
        read(memoryview(everything().replace(b"TFL3", b"CIR0", 1)), "x")


def test_lists_longer_than_the_file_are_not_walked() -> None:
    data = bytearray(everything())
    root = s.Model.GetRootAs(bytes(data))
    buffers = root._tab.Vector(root._tab.Offset(12))
    struct.pack_into("<I", data, buffers - 4, 0x7FFFFFFF)
    with pytest.raises(
        FormatError, match=rf"^the list of buffers has 2147483647 entries in a file of {len(data)} bytes"
    ):
        read(memoryview(bytes(data)), "x")


def test_one_list_named_by_many_operators_is_not_walked_each_time() -> None:
    """200 KB that would unfold to 100 million operands."""
    builder = flatbuffers.Builder(1 << 18)
    builder.StartVector(4, 20_000, 4)
    for _ in range(20_000):
        builder.PrependInt32(-1)
    operands = builder.EndVector()
    operators = []
    for _ in range(5_000):
        s.OperatorStart(builder)
        s.OperatorAddInputs(builder, operands)
        operators.append(s.OperatorEnd(builder))
    s.SubGraphStartOperatorsVector(builder, len(operators))
    for operator in operators:
        builder.PrependUOffsetTRelative(operator)
    vector = builder.EndVector()
    s.SubGraphStart(builder)
    s.SubGraphAddOperators(builder, vector)
    graph = s.SubGraphEnd(builder)
    code = s.OperatorCodeT(builtinCode=s.BuiltinOperator.CONCATENATION).Pack(builder)
    s.ModelStartSubgraphsVector(builder, 1)
    builder.PrependUOffsetTRelative(graph)
    graphs = builder.EndVector()
    s.ModelStartOperatorCodesVector(builder, 1)
    builder.PrependUOffsetTRelative(code)
    codes = builder.EndVector()
    s.ModelStart(builder)
    s.ModelAddVersion(builder, 3)
    s.ModelAddSubgraphs(builder, graphs)
    s.ModelAddOperatorCodes(builder, codes)
    builder.Finish(s.ModelEnd(builder), b"TFL3")
    data = bytes(builder.Output())
    assert len(data) < 250_000
    start = time.process_time()
    with pytest.raises(
        FormatError, match=r"node \d+ CONCATENATION: the same bytes are named again and again; expected"
    ):
        read(memoryview(data), "x")
    assert time.process_time() - start < SECONDS


def test_sizes_whose_product_no_memory_holds_cost_nothing() -> None:
    shape = [2**31 - 1] * 8
    tensor = s.TensorT(shape=shape, buffer=1, name="huge")
    buffers = [s.BufferT(), s.BufferT(data=bytes(4))]
    data = pack(s.ModelT(version=3, subgraphs=[s.SubGraphT(tensors=[tensor])], buffers=buffers, operatorCodes=[]))
    (value,) = read(memoryview(data), "x").main.values
    assert value.type.size == (2**31 - 1) ** 8
    with pytest.raises(ModelError, match=r"constant 'huge' has 4 bytes, float32 \[2147483647, .* takes \d+\. \[E205\]"):
        _ = value.array


def test_graphs_that_run_each_other_are_read() -> None:
    """Files may say so; verification, and not reading, refuses it."""
    call = s.OperatorT(builtinOptionsType=s.BuiltinOptions.CallOptions, builtinOptions=s.CallOptionsT(subgraph=0))
    codes = [s.OperatorCodeT(builtinCode=s.BuiltinOperator.CALL)]
    data = pack(s.ModelT(version=3, subgraphs=[s.SubGraphT(operators=[call])], operatorCodes=codes))
    model = read(memoryview(data), "x")
    assert model.main.nodes[0].subgraphs == (model.main,)
    assert outcome(data) == "read"
