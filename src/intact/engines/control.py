"""What operators that run graphs or keep resources may do to the engine that runs them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from intact.engines.watch import Watch
from intact.ir.graph import Node
from intact.ir.types import Array

if TYPE_CHECKING:
    from intact.engines.exact import Exact


class Machine:
    """The engine as the `control` of one node has it.

    Args:
        node: whose graphs it may run.
        watch: who looks on at the run.
    """

    def __init__(self, engine: Exact, node: Node, watch: Watch) -> None:
        self._engine, self._watch = engine, watch
        self.node = node
        self.resources = engine.resources

    def call(self, body: int, arrays: Sequence[Array]) -> list[Array]:
        """Returns the outputs of the node's body number `body` for its inputs."""
        return self._engine.call(self.node.subgraphs[body], arrays, self._watch)
