"""What is to become of each operator of a model, by a recipe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from intact.errors import QuantError
from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.quantizer.nearest import nearest
from intact.quantizer.recipe import Recipe
from intact.quantizer.restore import Original, Reasons, restore, results_of_parts
from intact.quantizer.scope import Place, last
from intact.quantizer.treatment import Treatment


@dataclass(frozen=True)
class Choice:
    """What is to become of an operator, and what says so."""

    treatment: Treatment
    by: str
    is_explicit: bool = False


@dataclass
class Choices:
    """The choice for every operator of a model, by its results, which stay the same while the model is rewritten.

    Args:
        base: of an operator that is not known.
        by_result: choices by results of the user's operators.
        notes: scopes that decide nothing, a sentence each.
        before: how each value was computed before the model was rewritten.
    """

    base: Choice
    by_result: Mapping[Value, Choice]
    notes: Sequence[str] = ()
    before: Mapping[Value, Original] = field(default_factory=dict)

    def of(self, node: Node) -> Choice:
        """Returns the choice for a node; of one that was made of several operators, for the first of them."""
        return next(iter(self._of_parts(node)), self.base)

    def separate(self, graph: Graph) -> None:
        """Puts back the user's operators where one was made of several that are to be treated in different ways."""
        mixed: Reasons = {
            node: "treated apart" for node in graph.nodes if len({c.treatment for c in self._of_parts(node)}) > 1
        }
        if mixed:
            restore(graph, mixed, self.before)

    def _of_parts(self, node: Node) -> list[Choice]:
        return [self.by_result[v] for v in results_of_parts(node, self.before) if v in self.by_result]


def choose(recipe: Recipe, model: Model, expanded: Model, copy: Model) -> Choices:
    """Returns the choices for a model that is not rewritten yet.

    Args:
        model: as the user has it, whose operators are counted.
        expanded: the same with composites replaced by what they are made of.
        copy: a clone of that, whose values are the keys.
    Raises:
        QuantError: E407 for a scope, or a word of one, that no operator matches.
    """
    base = Choice(recipe.base, f"recipe {recipe.name}")
    found: dict[Value, Choice] = {}
    decided = _decided(recipe, model, expanded, copy)
    for node, decides in decided:
        choice = base
        if decides is not None:
            scope = recipe.scopes[decides]
            choice = Choice(scope.treatment, f"scope {decides + 1} ({scope.label})", is_explicit=True)
        found.update(dict.fromkeys(node.outputs, choice))
    deciding = {decides for _, decides in decided}
    notes = [
        f"scope {number} ({scope.label}) decides on no operator: later scopes match all that it does"
        for number, scope in enumerate(recipe.scopes, 1)
        if number - 1 not in deciding
    ]
    return Choices(base, found, notes)


def observers_of(recipe: Recipe, model: Model, expanded: Model) -> dict[Value, str]:
    """Returns the observers that scopes have for results of the operators they decide on, by values of `expanded`.

    Raises:
        QuantError: E407 for a scope, or a word of one, that no operator matches.
    """
    found: dict[Value, str] = {}
    for node, decides in _decided(recipe, model, expanded, expanded):
        name = recipe.scopes[decides].observer if decides is not None else None
        if name is not None:
            found.update(dict.fromkeys(node.outputs, name))
    return found


def _decided(recipe: Recipe, model: Model, expanded: Model, copy: Model) -> list[tuple[Node, int | None]]:
    """Returns every node of the copy with the position of the scope that decides on it; None where none does."""
    places = dict(_places(model, expanded, copy))
    for position, scope in enumerate(recipe.scopes):
        if not any(scope.matches(place) for place in places.values()):
            raise QuantError(
                f"scope {position + 1} ({scope.label}) matches no operator of the model",
                code="E407",
                where=recipe.name,
                fix=nearest(scope, list(places.values())),
            )
        for word, alone in scope.words():
            if not any(alone.matches(place) for place in places.values()):
                raise QuantError(
                    f"scope {position + 1} ({scope.label}): {word} matches no operator of the model",
                    code="E407",
                    where=recipe.name,
                    fix=nearest(alone, list(places.values())),
                )
    return [(node, last(recipe.scopes, place)) for node, place in places.items()]


def _places(model: Model, expanded: Model, copy: Model) -> Iterator[tuple[Node, Place]]:
    """Yields each node of the copy with what users know it by; what a composite is made of counts as the composite."""
    numbers = _numbers(model, expanded)
    for graph, twin in zip(expanded.graphs, copy.graphs, strict=True):
        number = numbers.get(graph, -1)
        where = graph.indices()
        counted = model.graphs[number] if number >= 0 else graph
        original = counted.indices()
        index = {original[v]: i for i, node in enumerate(counted.nodes) for v in node.outputs}
        following = len(counted.nodes) - 1
        places = []
        for node, own in zip(reversed(graph.nodes), reversed(twin.nodes), strict=True):
            following = next((index[where[v]] for v in node.outputs if where[v] in index), following)
            places.append((own, Place(node.op.name, tuple(v.name for v in node.outputs), following, number)))
        yield from reversed(places)


def _numbers(model: Model, expanded: Model) -> dict[Graph, int]:
    """The number that each graph of the expanded model has in the model; bodies may have none where some are gone."""
    if expanded is model:
        return {graph: i for i, graph in enumerate(model.graphs)}
    entries = {s.key: s.graph for s in model.signatures}
    found = {s.graph: model.graphs.index(entries[s.key]) for s in expanded.signatures}
    return {**found, expanded.main: 0}
