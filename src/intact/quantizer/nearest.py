"""What a scope that no operator matches may have meant."""

from __future__ import annotations

import difflib
import fnmatch
from collections.abc import Sequence

from intact.quantizer.scope import Place, Scope


def nearest(scope: Scope, places: Sequence[Place]) -> str:
    """Returns a sentence on the selector that is to blame, with what the model has nearest to it.

    Args:
        scope: matches none of the places.
        places: all operators of a model.
    """
    operators = sorted({place.operator for place in places})
    graph = 0 if scope.graph is None and scope.indices else scope.graph
    inside = [place for place in places if graph is None or place.graph == graph]
    if not inside:
        return f"The model has graphs 0 to {max((s.graph for s in places), default=0)}"
    if scope.operators and not any(place.operator.upper() in map(str.upper, scope.operators) for place in inside):
        near = difflib.get_close_matches(scope.operators[0].upper(), operators, 1)
        listed = ", ".join(operators[:12]) + (", ..." if len(operators) > 12 else "")
        return f"Perhaps '{near[0]}' is meant" if near else f"The model's operators are {listed}"
    if scope.indices and not any(low <= place.index <= high for place in inside for low, high in scope.indices):
        return f"Its operators are numbered 0 to {max(place.index for place in inside)} in graph {graph}"
    names = sorted({name for place in inside for name in place.names})
    if scope.patterns and not any(fnmatch.fnmatchcase(n, p) for n in names for p in scope.patterns):
        pattern = scope.patterns[0]
        near = difflib.get_close_matches(pattern.strip("*"), names, 1, 0.4) or names[:1]
        within = any(pattern in name for name in names) and not set(pattern) & set("*?[")
        hint = f"Perhaps '*{pattern}*' is meant" if within else f"The nearest name is '{near[0]}'"
        return f"{hint}; a pattern is matched against the whole name"
    return "Each of its selectors matches operators, but no operator matches all of them"
