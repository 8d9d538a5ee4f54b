"""Recipe files: a kind of quantization, and scopes of operators that get another.

recipe: int8
observer: percentile
scopes:
- operator: SOFTMAX
recipe: float
- name: "head/*"
per_channel: false
"""

from __future__ import annotations

import difflib
import os
import re
import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from intact.errors import IntactError, QuantError, UsageError
from intact.ir.types import DType
from intact.observe.observer import observer
from intact.quantizer.bounds import WHOLE, require_weight_observer
from intact.quantizer.recipe import RECIPES, Recipe, recipe
from intact.quantizer.recipe_text import read_text
from intact.quantizer.scope import Scope
from intact.quantizer.treatment import Treatment

SELECTORS: Final = ("operator", "name", "index", "graph")
SETTINGS: Final = (
    "recipe", "per_channel", "weight", "weight_observer", "block_size", "min_elements", "asymmetric_inputs", "observer",
)  # fmt: skip
SUFFIXES: Final = (".yaml", ".yml", ".json")

_OF_KINDS: Final = {
    "per_channel": ("int8", "int16x8", "dynamic-range", "weight-only"),
    "weight": ("weight-only",),
    "weight_observer": ("int8", "int16x8", "dynamic-range", "weight-only"),
    "block_size": ("weight-only",),
    "min_elements": ("dynamic-range", "weight-only", "float16"),
    "asymmetric_inputs": ("dynamic-range",),
}
"""Kinds that a setting means something for."""

_SHORT: Final = reprlib.Repr()
"""What a file holds may be large, or hold itself."""
_SHORT.maxlevel, _SHORT.maxstring, _SHORT.maxother = 2, 60, 60


def open_recipe(source: str | os.PathLike[str] | Recipe) -> Recipe:
    """Returns a recipe by its name, from a file, or as it is.

    Raises:
        UsageError: E001 for a file that cannot be read, E003 for a name that is no recipe's.
        QuantError: E406 for a file that is no recipe.
    """
    if isinstance(source, Recipe):
        return source
    if not isinstance(source, str | os.PathLike):
        raise UsageError(f"a {type(source).__name__} was given", expected="a recipe's name, a file, or a Recipe")
    name = os.fspath(source)
    is_file = isinstance(source, os.PathLike) or name.endswith(SUFFIXES) or os.sep in name
    if name not in RECIPES and (is_file or Path(name).is_file()):
        return _read(read_text(source), name)
    return recipe(name)


def _read(data: Any, path: str) -> Recipe:
    try:
        settings = _mapping(data, (*SETTINGS, "scopes"))
        if "recipe" not in settings:
            raise _broken("the key 'recipe' is missing", f"recipe: one of {', '.join(RECIPES)}")
        base = _treatment(settings, None)
        entries = settings.get("scopes", [])
        if not isinstance(entries, list):
            raise _broken(f"scopes is {_shown(entries)}", "a list")
        scopes = tuple(_scope(entry, base, number) for number, entry in enumerate(entries, 1))
        return Recipe(path, base, scopes, _observer(settings))
    except IntactError as fault:
        raise fault.at(path) from None


def _scope(entry: Any, base: Treatment, number: int) -> Scope:
    try:
        settings = _mapping(entry, (*SELECTORS, *SETTINGS))
        selectors = [key for key in SELECTORS if key in settings]
        if not selectors or selectors == ["graph"]:
            raise _broken("it selects no operator", "one or more of operator, name, index")
        if not any(key in settings for key in SETTINGS):
            raise _broken("it says nothing about its operators", f"one or more of {', '.join(SETTINGS)}")
        return Scope(
            _treatment(settings, base),
            tuple(_words(settings, "operator")),
            tuple(_words(settings, "name")),
            tuple(_indices(settings)),
            _number(settings, "graph", 0) if "graph" in settings else None,
            _observer(settings),
            ", ".join(f"{key} {_shown(settings[key])}" for key in selectors),
        )
    except IntactError as fault:
        raise fault.at(f"scope {number}") from None


def _treatment(settings: Mapping[str, Any], base: Treatment | None) -> Treatment:
    """Returns the treatment that settings make of the base, or of a recipe where they name one."""
    if base is None or "recipe" in settings:
        base = recipe(_text(settings, "recipe")).base
    changes: dict[str, Any] = {}
    for key, kinds in _OF_KINDS.items():
        if key not in settings:
            continue
        if base.kind not in kinds:
            raise _broken(f"{key} means nothing for {base.kind}", f"a recipe of the kind {' or '.join(kinds)}")
        match key:
            case "weight":
                changes[key] = _weight(_text(settings, key))
            case "weight_observer":
                changes[key] = require_weight_observer(_text(settings, key))
            case "per_channel" | "asymmetric_inputs":
                changes[key] = _flag(settings, key)
            case _:
                changes[key] = _number(settings, key, 1 if key == "min_elements" else 2)
    if changes.get("block_size", base.block_size) and not changes.get("per_channel", base.per_channel):
        raise _broken("block_size is given with per_channel false", "one of the two: blocks are parts of channels")
    if changes.get("block_size", base.block_size) and changes.get("weight_observer", base.weight_observer) != WHOLE:
        raise _broken("block_size is given with weight_observer", "one of the two: blocks are never clipped")
    return replace(base, **changes)


def _mapping(data: Any, known: Sequence[str]) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise _broken(f"it is {_shown(data)}", f"keys and values: {', '.join(known)}")
    for key in data:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, 1)
            fix = f"Perhaps '{near[0]}' is meant" if near else None
            raise QuantError(
                f"there is no key {_shown(key)}", code="E406", expected=f"one of {', '.join(known)}", fix=fix
            )
    return data


def _words(settings: Mapping[str, Any], key: str) -> list[str]:
    given = settings.get(key, [])
    words = given if isinstance(given, list) else [given]
    for word in words:
        if not isinstance(word, str) or not word:
            raise _broken(f"{key} is {_shown(word)}", "text, or a list of texts")
    if key in settings and not words:
        raise _broken(f"{key} is an empty list", "text, or a list of texts")
    return words


def _indices(settings: Mapping[str, Any]) -> list[tuple[int, int]]:
    given = settings.get("index", [])
    found = []
    for item in given if isinstance(given, list) else [given]:
        span = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", str(item)) if isinstance(item, int | str) else None
        if span is None or isinstance(item, bool):
            raise _broken(f"index is {_shown(item)}", "a number such as 3, a span such as 3-7, or a list of them")
        first, last = int(span[1]), int(span[2] or span[1])
        if last < first:
            raise _broken(f"index is {_shown(item)}", "a span that ends no earlier than it begins")
        found.append((first, last))
    if "index" in settings and not found:
        raise _broken("index is an empty list", "a number such as 3, a span such as 3-7, or a list of them")
    return found


def _observer(settings: Mapping[str, Any]) -> str | None:
    if "observer" not in settings:
        return None
    return observer(_text(settings, "observer")).name


def _weight(name: str) -> DType:
    if name not in ("int8", "int4"):
        raise _broken(f"weight is {_shown(name)}", "int8 or int4")
    return DType(name)


def _text(settings: Mapping[str, Any], key: str) -> str:
    if not isinstance(settings[key], str):
        raise _broken(f"{key} is {_shown(settings[key])}", "a name")
    return str(settings[key])


def _flag(settings: Mapping[str, Any], key: str) -> bool:
    if not isinstance(settings[key], bool):
        raise _broken(f"{key} is {_shown(settings[key])}", "true or false")
    return bool(settings[key])


def _number(settings: Mapping[str, Any], key: str, lowest: int) -> int:
    number = settings[key]
    if isinstance(number, bool) or not isinstance(number, int) or not lowest <= number < 1 << 31:
        raise _broken(f"{key} is {_shown(number)}", f"an integer, {lowest} or more")
    return number


def _shown(value: Any) -> str:
    if value is None:
        return "empty"
    return _SHORT.repr(value)


def _broken(problem: str, expected: str) -> QuantError:
    return QuantError(problem, code="E406", expected=expected)
