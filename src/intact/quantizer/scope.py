"""Which operators of a model an entry of a recipe is about."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from intact.errors import UsageError, require_type
from intact.quantizer.treatment import Treatment

_EXAMPLES: Final = {"operators": "('SOFTMAX',)", "patterns": "('head/*',)", "indices": "((0, 3),)"}


@dataclass(frozen=True)
class Place:
    """An operator as users find it in their model.

    Args:
        operator: its name.
        names: of its results.
        index: its position in its graph, as `intact inspect` counts.
        graph: the number of its graph.
    """

    operator: str
    names: tuple[str, ...]
    index: int
    graph: int = 0


@dataclass(frozen=True)
class Scope:
    """Operators, and what is to become of them. An operator matches that every selector given holds for.

    Args:
        treatment: for the operators that match.
        operators: names of operators in capitals or not, one of which it is; empty: any.
        patterns: shell patterns (`*`, `?`, `[...]`), one of which the name of one of its results matches; empty: any.
        indices: first and last positions, between which it lies, both included; empty: any.
        graph: number of its graph. None: any, and the first where there are indices.
        observer: name of what makes ranges of the results' values; None: the recipe's.
        label: how messages name it.
    """

    treatment: Treatment
    operators: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    indices: tuple[tuple[int, int], ...] = ()
    graph: int | None = None
    observer: str | None = None
    label: str = "a scope"

    def __post_init__(self) -> None:
        """Raises E003 for selectors that are no tuples of what they select; a text would be taken letter by letter."""
        require_type(self.treatment, Treatment, "intact.quantizer.recipe.RECIPES[name].base is one")
        for name in ("operators", "patterns"):
            words = getattr(self, name)
            if not isinstance(words, tuple) or not all(isinstance(word, str) for word in words):
                raise UsageError(f"{name} is {words!r}", expected=f"a tuple of texts, such as {_EXAMPLES[name]}")
        if not isinstance(self.indices, tuple) or not all(map(_is_span, self.indices)):
            raise UsageError(
                f"indices is {self.indices!r}", expected=f"a tuple of pairs, such as {_EXAMPLES['indices']}"
            )

    def words(self) -> Iterator[tuple[str, Scope]]:
        """Yields what each selector lists, with a scope of that alone, in the graph of this scope."""
        graph = 0 if self.graph is None and self.indices else self.graph
        alone = replace(self, operators=(), patterns=(), indices=(), graph=graph)
        for operator in self.operators:
            yield f"operator '{operator}'", replace(alone, operators=(operator,))
        for pattern in self.patterns:
            yield f"name '{pattern}'", replace(alone, patterns=(pattern,))
        for low, high in self.indices:
            yield f"index {low}" + (f"-{high}" if high > low else ""), replace(alone, indices=((low, high),))

    def matches(self, place: Place) -> bool:
        """Returns whether the scope is about an operator."""
        graph = 0 if self.graph is None and self.indices else self.graph
        return (
            (graph is None or place.graph == graph)
            and (not self.operators or place.operator.upper() in map(str.upper, self.operators))
            and (not self.patterns or any(fnmatch.fnmatchcase(n, p) for n in place.names for p in self.patterns))
            and (not self.indices or any(low <= place.index <= high for low, high in self.indices))
        )


def _is_span(span: object) -> bool:
    return isinstance(span, tuple) and len(span) == 2 and all(isinstance(end, int) for end in span)


def last(scopes: Sequence[Scope], place: Place) -> int | None:
    """Returns the position of the scope that decides on an operator: the last that it matches; None where none does."""
    return next((i for i in reversed(range(len(scopes))) if scopes[i].matches(place)), None)
