"""Which of a graph's nodes must come before which, and which can never come at all."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from intact.errors import ModelError
from intact.ir.graph import Graph, Node

_T = TypeVar("_T", bound=Hashable)


def in_order(graph: Graph) -> list[Node]:
    """Returns the nodes so that each comes after those it reads from, otherwise in the order they have.

    Raises:
        ModelError: E204 where nodes read from each other.
    """
    order, stuck = ordered(graph.nodes, makers)
    if stuck:
        result = f" '{stuck[0].outputs[0].name}'" if stuck[0].outputs else ""
        raise ModelError(
            f"{len(stuck)} nodes wait for each other's results",
            code="E204",
            expected="no cycle",
            where=f"graph '{graph.name}': node {graph.nodes.index(stuck[0])} {stuck[0].op.name}{result}",
        )
    return order


def makers(node: Node) -> list[Node]:
    """Returns the nodes that compute what a node reads."""
    found = (value.producer for value in node.inputs if value is not None)
    return [maker for maker in found if maker is not None]


def ordered(items: Iterable[_T], before: Callable[[_T], Iterable[_T]]) -> tuple[list[_T], list[_T]]:
    """Puts items behind all those that `before` names for them; what it names beside the items does not count.

    Returns:
        The items in order, always the first that can come; and those that no order has a place for, as they were.
    """
    listed = list(dict.fromkeys(items))
    position = {item: index for index, item in enumerate(listed)}
    waiting: list[int] = []
    followers: list[list[int]] = [[] for _ in listed]
    for index, item in enumerate(listed):
        needs = {position[need] for need in before(item) if need in position}
        waiting.append(len(needs))
        for need in needs:
            followers[need].append(index)
    ready = [index for index, count in enumerate(waiting) if count == 0]
    order = []
    while ready:
        index = heapq.heappop(ready)
        order.append(listed[index])
        for follower in followers[index]:
            waiting[follower] -= 1
            if waiting[follower] == 0:
                heapq.heappush(ready, follower)
    return order, [item for item, count in zip(listed, waiting, strict=True) if count]
