"""Arithmetic profiles: which rule each operator follows on a named runtime.

A profile is data, a TOML file: the ones that ship lie beside this module, and a user may write one. It names a profile
it builds on, and for operators and element types the rule that holds and where that is known from. An operator asks for
its rule when it is prepared, and refuses one that it does not know; what a rule means is written in the operator's own
file, in arith/rounding.py or in arith/requantize.py. The rule "none" says that the runtime has no such kernel,
whatever `base` has.

    name = "my-npu"
    base = "litert-reference"
    about = "what it describes"
    checked = ""                  # what it was checked against; empty where it never was
    delegate = true               # only for what the runtime's delegate takes; `base` holds for the rest

    [[rule]]
    operators = ["CONV_2D", "DEPTHWISE_CONV_2D"]
    types = ["int8"]
    rule = "single"
    source = "data sheet, section 4"
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from intact.errors import UsageError

_FOLDER: Final = Path(__file__).with_name("profiles")

NAMES: Final = tuple(sorted(p.stem for p in _FOLDER.glob("*.toml")))
"""The profiles that ship."""

RESOLVERS: Final = ("default", "optimized", "reference")
"""LiteRT's kernel sets: with XNNPACK, optimized without delegates, reference."""

NONE: Final = "none"
"""The rule of an operator and type that the runtime has no kernel for, though the one its profile builds on has."""


@dataclass(frozen=True)
class Rule:
    """What one operator does with one type.

    Args:
        name: as the operator knows it.
        source: where it is known from.
    """

    name: str
    source: str


@dataclass(frozen=True, eq=False)
class Profile:
    """The arithmetic of a runtime.

    Args:
        name: what it is called.
        about: what runtime it describes, for users.
        checked: what it was checked against, "" where it never was; say so wherever results of it are shown.
        resolver: the set of LiteRT kernels it describes, None for another runtime.
        rules: by operator and type.
        base: holds where `rules` say nothing.
        delegate: the rules are those of a delegate, which takes only some applications of an operator.
        where: the file it was read from, "" where it ships or was made in Python.
    """

    name: str
    about: str = ""
    checked: str = ""
    resolver: str | None = None
    rules: Mapping[tuple[str, str], Rule] = field(default_factory=dict)
    base: Profile | None = None
    delegate: bool = False
    where: str = ""

    def rule(self, operator: str, *types: str, taken: bool = True) -> Rule | None:
        """Returns the rule for an operator and the first of the types that one is known for; None where none is.

        Args:
            types: from the most particular on, such as ("int16 int32-bias", "int16").
            taken: whether a delegate takes the operator.
        """
        for kind in types if taken or not self.delegate else ():
            found = self.rules.get((operator, kind))
            if found:
                return found
        return self.base.rule(operator, *types, taken=taken) if self.base else None


def load(name: str) -> Profile:
    """Returns a profile by name, or from a TOML file that a path names.

    Raises:
        UsageError: E003 for a name that is none, E001 for a file that is not there, E003 for one that is no profile.
    """
    if not isinstance(name, str | os.PathLike):
        raise UsageError(f"the profile is {name!r}", expected="a Profile, a name, or the path of a .toml file")
    try:
        return _shipped(name) if name in NAMES else _from_file(Path(name))
    except RecursionError as fault:
        raise UsageError(
            "it builds on itself", expected="a base that leads to a profile without one", where=name
        ) from fault


@cache
def _shipped(name: str) -> Profile:
    return _parse(tomllib.loads((_FOLDER / f"{name}.toml").read_text()), name)


def _from_file(path: Path) -> Profile:
    if path.suffix != ".toml":
        raise UsageError(
            f"there is no profile '{path}'", expected=f"one of {', '.join(NAMES)}, or the path of a .toml file"
        )
    try:
        return _parse(tomllib.loads(path.read_text()), str(path))
    except OSError as fault:
        raise UsageError(f"it cannot be read ({fault.strerror})", code="E001", where=str(path)) from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise UsageError(f"it is not TOML ({fault})", where=str(path)) from fault


def _parse(data: dict[str, Any], where: str) -> Profile:
    fields: dict[str, str] = {}
    for key in ("name", "about", "checked", "base", "resolver"):
        text = data.pop(key, "")
        if not isinstance(text, str):
            raise UsageError(f"{key} is {text!r}", expected="text", where=where)
        fields[key] = text
    blocks, delegate = data.pop("rule", []), data.pop("delegate", False)
    if data or not fields["name"] or not isinstance(blocks, list):
        raise UsageError(
            f"it has the keys {', '.join(data) or 'of a profile'}, and the name '{fields['name']}'",
            expected="name, base, about, checked, resolver, delegate and [[rule]] blocks",
            where=where,
        )
    if not isinstance(delegate, bool):
        raise UsageError(f"delegate is {delegate!r}", expected="true or false", where=where)
    if fields["resolver"] and fields["resolver"] not in RESOLVERS:
        raise UsageError(
            f"there is no resolver '{fields['resolver']}'", expected=f"one of {', '.join(RESOLVERS)}", where=where
        )
    rules: dict[tuple[str, str], Rule] = {}
    for block in blocks:
        operators, types, name, source = _block(block, where)
        rules.update({(operator, kind): Rule(name, source) for operator in operators for kind in types})
    return Profile(
        fields["name"],
        fields["about"],
        fields["checked"],
        fields["resolver"] or None,
        rules,
        load(fields["base"]) if fields["base"] else None,
        delegate,
        "" if where in NAMES else where,
    )


def _block(block: object, where: str) -> tuple[list[str], list[str], str, str]:
    if isinstance(block, dict) and set(block) == {"operators", "types", "rule", "source"}:
        operators, types, name, source = (block[k] for k in ("operators", "types", "rule", "source"))
        lists = all(isinstance(v, list) and all(isinstance(i, str) for i in v) for v in (operators, types))
        if lists and isinstance(name, str) and isinstance(source, str):
            return operators, types, name, source
    raise UsageError(f"a rule is {block}", expected="lists operators and types, texts rule and source", where=where)
