import pytest

import intact.ops  # noqa: F401  (registers the operators that texts name)
from intact.errors import ModelError
from intact.ir.graph import Graph
from intact.ir.order import in_order, ordered
from intact.ir.text import parse


def graph(body: str) -> Graph:
    return parse(f"graph main(%x: float32[2]) -> (%x) {{ {body} }}").main


def names(body: str) -> list[str]:
    return [node.outputs[0].name for node in in_order(graph(body))]


def test_what_is_in_order_stays() -> None:
    assert names("%a = ABS(%x) %b = ABS(%x) %d = ADD(%a, %a) %c = ABS(%b)") == ["a", "b", "d", "c"]
    assert names("") == []


def test_readers_move_behind_what_they_read() -> None:
    assert names("%c: float32[2] = ADD(%b, %a) %a: float32[2] = ABS(%x) %d = ABS(%a) %b: float32[2] = ABS(%x)") == [
        "a",
        "d",
        "b",
        "c",
    ]


def test_a_long_chain_against_its_order() -> None:
    chain = " ".join(f"%v{i}: float32[2] = ABS(%v{i + 1})" for i in range(2000))
    assert names(chain + " %v2000: float32[2] = ABS(%x)") == [f"v{i}" for i in range(2000, -1, -1)]


def test_makers_outside_the_graph_do_not_count() -> None:
    broken = graph("%a = ABS(%x) %b = ABS(%a)")
    del broken.nodes[0]
    assert [node.outputs[0].name for node in in_order(broken)] == ["b"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            "%w = ABS(%x) %y: float32[2] = ADD(%x, %z) %z: float32[2] = ADD(%x, %y)",
            "graph 'main': node 1 ADD 'y': 2 nodes wait for each other's results; expected no cycle. [E204]",
        ),
        (
            "%y: float32[2] = ADD(%y, %x)",
            "graph 'main': node 0 ADD 'y': 1 nodes wait for each other's results; expected no cycle. [E204]",
        ),
    ],
)
def test_a_cycle_is_refused(body: str, text: str) -> None:
    with pytest.raises(ModelError) as caught:
        in_order(graph(body))
    assert str(caught.value) == text


def test_each_item_once() -> None:
    assert ordered("abca", {"a": "cx", "b": "", "c": ""}.__getitem__) == (["b", "c", "a"], [])
