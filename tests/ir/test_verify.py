import csv
from collections.abc import Callable
from pathlib import Path

import pytest

import intact.ops  # noqa: F401  (registers the operators that texts name)
from intact.errors import ModelError
from intact.formats.tflite import TFLite
from intact.ir.graph import Buffer, Graph, Value
from intact.ir.model import Model, SignatureDef
from intact.ir.text import parse
from intact.ir.types import DType, TensorType
from intact.ir.verify import check, verify


def one_graph(body: str) -> Model:
    return parse(f"graph main(%x: float32[2]) -> (%x) {{ {body} }}")


@pytest.mark.parametrize(
    "body",
    [
        "%y = ADD(%x, %x)",
        "%c = const float32[2] [1, 2] %y = ADD(%x, %c)",
        "%v = variable float32[2] %y = ADD(%x, %v)",
        "%s = tensor int32[0] %o = const float32[1] zeros %y = RESHAPE(%o, %s)",
        '%y: float32[5] = UNKNOWN(%x, none) {code="CUSTOM", custom_code="Anything"}',
        "%q = const int8[2,3] <scale=[1, 2, 3], zero_point=[0, 0, 0], dim=1> zeros",
        "%q = const int4[3] zeros",
        '%q = const string[3] hex"00"',
        "%s = const float16[2,2] zeros %q = const int4[2,64] <block_size=32, scales=%s> zeros",
        "%s = const float32[2,2] sparse [[0, 1], [], [2, 2]] [1]",
        "%u: float32[...] = UNKNOWN() {code=\"CUSTOM\"} %y: float32[2] = ADD(%u, %x)",
    ],
)  # fmt: skip
def test_nothing_is_wrong(body: str) -> None:
    assert verify(one_graph(body)) == []


@pytest.mark.parametrize(
    ("body", "issue"),
    [
        (
            "%a = tensor float32[2] %y = ADD(%x, %a)",
            "node 0 ADD 'y': operand 1 'a' has no source; expected a node, an input or a constant. [E204]",
        ),
        (
            "%y: float32[2] = ADD(%x, %z) %z: float32[2] = ADD(%x, %y)",
            "node 0 ADD 'y': 2 nodes wait for each other's results; expected no cycle. [E204]",
        ),
        (
            "%y: float32[2] = ADD(%y, %x)",
            "node 0 ADD 'y': 1 nodes wait for each other's results; expected no cycle. [E204]",
        ),
        (
            "%y: float32[2] = ADD(%x)",
            "node 0 ADD 'y': ADD has 1 operands; expected 2 to 2: ('input1', 'input2'). [E203]",
        ),
        (
            "%y: float32[2] = ADD(none, %x)",
            "node 0 ADD 'y': operand 'input1' of ADD is omitted; expected an operand there. [E203]",
        ),
        (
            "%y: float32[2], %z: float32[2] = ADD(%x, %x)",
            "node 0 ADD 'y': the node has 2 results; expected 1. [E203]",
        ),
        (
            "%y: int32[2] = ADD(%x, %x)",
            "node 0 ADD 'y': result 'y' is declared int32; expected float32. [E202]",
        ),
        (
            "%c = const float32[3] zeros %y: float32[3] = ADD(%x, %c)",
            "node 0 ADD 'y': shapes [[2], [3]] do not broadcast; expected equal sizes or 1 in every dimension. [E201]",
        ),
        (
            '%c = const float32[3] hex"00000000"',
            "tensor 1 'c': constant has 4 bytes; expected 12 for float32 [3]. [E205]",
        ),
        (
            '%c = const int4[3] hex"000000"',
            "tensor 1 'c': constant has 3 bytes; expected 2 for int4 [3]. [E205]",
        ),
        (
            '%c = const float32[-1] hex"00"',
            "tensor 1 'c': constant of shape [-1]; expected sizes of 0 and more. [E205]",
        ),
        (
            "%q = const int8[2] <scale=[1, 0]> zeros",
            "tensor 1 'q': scale 1 of 2 is 0.0; expected finite numbers above 0. [E206]",
        ),
        (
            "%q = const int8[2] <scale=nan> zeros",
            "tensor 1 'q': scale 0 of 1 is nan; expected finite numbers above 0. [E206]",
        ),
        (
            "%q = const int8[4] <scale=[1, 2]> zeros",
            "tensor 1 'q': 2 scales run along dimension 0 of shape [4]; expected 1 or 4. [E206]",
        ),
        (
            "%q = const int8[2] <scale=[1, 2], dim=1> zeros",
            "tensor 1 'q': quantized_dimension is 1 with shape [2]; expected 0 to 0. [E206]",
        ),
        (
            "%q = const int8[2] <scale=[1, 2], zero_point=[0, 0, 0]> zeros",
            "tensor 1 'q': 3 zero points go with 2 scales; expected as many. [E206]",
        ),
        (
            "%q = const uint8[2] <scale=1, zero_point=-1> zeros",
            "tensor 1 'q': zero point -1 of a uint8 tensor; expected 0 to 255. [E206]",
        ),
        (
            "%q = const int4[64] <block_size=0> zeros",
            "tensor 1 'q': block_size is 0; expected at least 1. [E206]",
        ),
        (
            "%q = const int4[64] <block_size=32> zeros",
            "tensor 1 'q': a tensor quantized in blocks names no tensor of scales. [E206]",
        ),
    ],
)
def test_errors(body: str, issue: str) -> None:
    issues = verify(one_graph(body))
    assert issue in map(str, issues)
    assert issues[0].severity == "error"


def test_output_without_source() -> None:
    model = parse("graph main() -> (%y) { %y = tensor float32[1] }")
    assert [str(issue) for issue in verify(model)] == [
        "output 0 'y': the tensor has no source; expected a node, an input or a constant. [E204]"
    ]


@pytest.mark.parametrize(
    ("body", "issue"),
    [
        (
            "%y: float32[2] = ADD(%x, %z) %z: float32[2] = ADD(%x, %x)",
            "node 0 ADD 'y': 1 nodes stand before a node whose result they read; expected execution order. [E204]",
        ),
        (
            "%y: float32[3] = ADD(%x, %x)",
            "node 0 ADD 'y': result 'y' is declared [3]; expected [2]. [E201]",
        ),
        (
            '%s = tensor int8[9] %y: float32[2] = UNKNOWN(%s) {code="CUSTOM", custom_code="Own"}',
            "node 0 CUSTOM:Own 'y': operand 0 's' has no source; expected a node, an input or a constant. [E204]",
        ),
        (
            '%u: float32[3] = UNKNOWN(%x) {code="CUSTOM"} %y: float32[3] = ADD(%u, %x)',
            "node 1 ADD 'y': shapes [[3], [2]] do not broadcast; expected equal sizes or 1 in every dimension. [E201]",
        ),
    ],
)
def test_warnings(body: str, issue: str) -> None:
    model = one_graph(body)
    assert [(issue.severity, str(issue)) for issue in verify(model)] == [("warning", issue)]
    check(model)


def _foreign_operand(model: Model) -> None:
    model.main.nodes[0].replace_input(0, Value("alien", TensorType(DType.FLOAT32, (2,))))


def _made_outside(model: Model) -> None:
    del model.main.nodes[0]


def _input_is_result(model: Model) -> None:
    model.main.inputs.append(model.main.values[1])


def _foreign_input(model: Model) -> None:
    model.main.inputs.append(Value("alien", TensorType(DType.FLOAT32, (2,))))


def _value_twice(model: Model) -> None:
    model.main.values.append(model.main.values[0])


def _node_twice(model: Model) -> None:
    model.main.nodes.append(model.main.nodes[0])


def _signature_of_no_graph(model: Model) -> None:
    model.signatures.append(SignatureDef("run", Graph("alien"), {}, {}))


def _foreign_port(model: Model) -> None:
    model.signatures.append(SignatureDef("run", model.main, {"a": Value("b", TensorType(DType.INT8, ()))}, {}))


def _foreign_callee(model: Model) -> None:
    model.main.nodes[0].subgraphs = (Graph("alien"),)


def _calls_itself(model: Model) -> None:
    model.main.nodes[0].subgraphs = (model.main,)


def _foreign_scales(model: Model) -> None:
    quantized = parse(
        "graph g() -> () { %s = const float16[1] zeros %q = const int4[32] <block_size=32, scales=%s> zeros }"
    )
    model.main.values.append(quantized.main.values[1])


@pytest.mark.parametrize(
    ("damage", "issue"),
    [
        (_foreign_operand, "node 0 ADD 'y': tensor 'alien' is not one of this graph. [E204]"),
        (_made_outside, "tensor 1 'y': its producer ADD is not one of the graph's nodes. [E204]"),
        (_input_is_result, "input 1 'y': the graph's input is also a result of ADD. [E204]"),
        (_foreign_input, "input 1 'alien': the tensor is not one of this graph. [E204]"),
        (_value_twice, "graph: a tensor is listed twice; expected each once. [E204]"),
        (_node_twice, "graph: a node is listed twice; expected each once. [E204]"),
        (_signature_of_no_graph, "signature 'run': graph 'alien' is not one of the model. [E204]"),
        (_foreign_port, "signature 'run': input 'a' is tensor 'b', not one of graph 'main'. [E204]"),
        (_foreign_callee, "node 0 ADD 'y': graph 'alien' is not one of the model. [E204]"),
        (_calls_itself, "graph 'main': graphs 'main' call each other; expected no cycle. [E204]"),
        (_foreign_scales, "tensor 3 'q': scales of blocks are in tensor 's'; expected one of this graph. [E206]"),
    ],
)
def test_damage_no_text_can_say(damage: Callable[[Model], None], issue: str) -> None:
    model = one_graph("%y = ADD(%x, %x) %z = ADD(%y, %y)")
    damage(model)
    assert issue in [str(issue) for issue in verify(model)]


def test_names_the_graph_where_there_are_several() -> None:
    model = parse("graph main() -> () {} graph body() -> (%y) { %y = tensor float32[1] }")
    assert str(verify(model)[0]).startswith("graph 'body': output 0 'y': the tensor has no source")


def test_check_raises_the_first_error_and_counts_the_rest() -> None:
    model = one_graph('%y = const float32[2] hex"00" %z = const float32[2] hex"00" %w = const int8[1] <scale=-1> zeros')
    with pytest.raises(ModelError) as caught:
        check(model)
    assert str(caught.value) == (
        "text: tensor 1 'y': constant has 1 bytes; expected 8 for float32 [2]. The model has 2 more errors. [E205]"
    )
    model.main.values[1].buffer = model.main.values[2].buffer = Buffer()
    with pytest.raises(ModelError, match=r"^text: tensor 3 'w': scale 0 of 1 is -1.0; expected .* above 0. \[E206\]$"):
        check(model)


def test_a_long_chain_of_calls_ends() -> None:
    graphs = "".join(f"graph g{i}() -> () {{ CALL_ONCE() calls(g{i + 1}) }} " for i in range(2000))
    assert verify(parse(graphs + "graph g2000() -> () {}")) == []


@pytest.mark.shared
def test_real_files_that_litert_loads_have_no_errors(shared: Path) -> None:
    with (shared / "models" / "INDEX.tsv").open() as index:
        rows = list(csv.DictReader(index, delimiter="\t"))
    loading = [row["path"] for row in rows if "ok" in list(row.values())[-3:]]
    assert len(loading) > 300
    for path in loading:
        check(TFLite().read(shared / "models" / path))
