"""The text of a recipe file as plain data: JSON where it is named so, else YAML."""

from __future__ import annotations

import json
import os
from typing import Any, Final

import yaml

from intact.errors import QuantError
from intact.files import readable

_LARGEST: Final = 1 << 20
"""Bytes. A recipe is written by hand; anything larger is another kind of file."""


def read_text(path: str | os.PathLike[str]) -> Any:
    """Returns what a file of YAML or JSON holds.

    Raises:
        UsageError: E001 where it cannot be read.
        QuantError: E406 where it is neither.
    """
    source = readable(path)
    with source.open("rb") as stream:
        content = stream.read(_LARGEST + 1)
    if len(content) > _LARGEST or b"\0" in content:
        raise _no_recipe("it is no text of YAML or JSON", path)
    try:
        text = content.decode("utf-8-sig")
        if source.suffix.lower() == ".json":  # YAML refuses tabs
            return json.loads(text, object_pairs_hook=_different)
        _refuse_keys_given_twice(yaml.compose(text, yaml.SafeLoader), set())
        return yaml.safe_load(text)
    except UnicodeDecodeError as fault:
        raise _no_recipe("it is no text of YAML or JSON", path) from fault
    except json.JSONDecodeError as fault:
        raise _no_recipe(f"line {fault.lineno}, column {fault.colno}: {fault.msg}", path) from fault
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise _no_recipe(f"{place}{fault.problem}", path) from fault
    except RecursionError as fault:
        raise _no_recipe("it is nested too deeply", path) from fault
    except (yaml.YAMLError, ValueError, OverflowError) as fault:
        raise _no_recipe(str(fault).splitlines()[0] if str(fault) else type(fault).__name__, path) from fault


def _refuse_keys_given_twice(node: yaml.Node | None, seen: set[int]) -> None:
    """Raises what the parser would, had it not taken the last of them in silence."""
    if id(node) in seen or not isinstance(node, yaml.CollectionNode):
        return
    seen.add(id(node))
    if not isinstance(node, yaml.MappingNode):
        for item in node.value:
            _refuse_keys_given_twice(item, seen)
        return
    keys: set[str] = set()
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode) and key.value in keys:
            raise yaml.MarkedYAMLError(problem=f"the key '{key.value}' is there twice", problem_mark=key.start_mark)
        keys.add(str(key.value))
        _refuse_keys_given_twice(value, seen)


def _different(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key '{key}' is there twice")
        found[key] = value
    return found


def _no_recipe(problem: str, path: str | os.PathLike[str]) -> QuantError:
    return QuantError(
        problem, code="E406", expected="a recipe: YAML or JSON", fix="docs/recipes.md shows some", where=os.fspath(path)
    )
