"""How literals of IR text stand for the attributes of operators, and the names of things in text.

What a bare word means follows from the annotation of the attribute: true, false, none, the name of an enumeration's
member or of a data type.
"""

from __future__ import annotations

import enum
import json
import re
import types
from typing import Any, Final, Union, get_args, get_origin

from intact.ir.text.syntax import Literal, Tokens, Word
from intact.ir.types import DType

_BARE_REF: Final = re.compile(r"[\w./]+", re.ASCII)
_BARE_WORD: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_WANTED: Final[dict[Any, str]] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a string",
    bytes: "hex",
    type(None): "none",
    object: "true, false, none, a number, a string, hex or a list",
}
_MAX_SHOWN: Final = 60
_WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "none": None}


def read_attribute(tokens: Tokens, name: str, annotation: Any) -> Any:
    """Reads a literal and returns the value it stands for under an annotation; `name` is for messages."""
    token = tokens.peek
    literal = tokens.literal()
    try:
        return convert(annotation, literal)
    except ValueError as fault:
        found = format_literal(literal)
        shown = found if len(found) <= _MAX_SHOWN else f"{found[:_MAX_SHOWN]}..."
        raise tokens.error(token, f"{name} is {shown}", str(fault)) from None


def convert(annotation: Any, literal: Literal) -> Any:
    """Returns the value a literal stands for under an attribute's annotation.

    Raises:
        ValueError: it stands for none; the text says what would.
    """
    if get_origin(annotation) in {Union, types.UnionType}:
        return _convert_union(get_args(annotation), literal)
    if get_origin(annotation) is tuple:
        return _convert_tuple(get_args(annotation), literal)
    if annotation is object and isinstance(literal, tuple):
        return tuple(convert(object, item) for item in literal)
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        for member in annotation:
            if isinstance(literal, Word) and literal == _enum_text(member):
                return member
        raise ValueError(", ".join(_enum_text(member) for member in annotation))
    if annotation is float and type(literal) is int:
        return float(literal)
    plain = _WORDS.get(literal, literal) if isinstance(literal, Word) else literal
    if type(plain) is annotation or (annotation is object and not isinstance(plain, Word)):
        return plain
    raise ValueError(_WANTED[annotation])


def _convert_union(choices: tuple[Any, ...], literal: Literal) -> Any:
    wanted = []
    for choice in choices:
        try:
            return convert(choice, literal)
        except ValueError as fault:
            wanted.append(str(fault))
    raise ValueError(" or ".join(wanted))


def _convert_tuple(items: tuple[Any, ...], literal: Literal) -> tuple[Any, ...]:
    if not isinstance(literal, tuple):
        raise ValueError("a list")
    if len(items) == 2 and items[1] is ...:
        items = (items[0],) * len(literal)
    if len(items) != len(literal):
        raise ValueError(f"a list of {len(items)}")
    return tuple(convert(item, part) for item, part in zip(items, literal, strict=True))


def _enum_text(member: enum.Enum) -> str:
    """Data types are written as users read them, other enumerations by the schema's names."""
    return str(member.value) if isinstance(member, DType) else member.name


def format_literal(value: object) -> str:
    """Returns the literal that stands for an attribute's value; the inverse of convert."""
    match value:
        case None:
            return "none"
        case Word():
            return value
        case bool():
            return str(value).lower()
        case enum.Enum():
            return _enum_text(value)
        case int():
            return str(value)
        case float():
            return repr(value)
        case str():
            return quote(value)
        case bytes():
            return f'hex"{value.hex()}"'
        case tuple():
            return f"[{', '.join(map(format_literal, value))}]"
    raise AssertionError(f"attribute of type {type(value)}")


def quote(text: str) -> str:
    """Returns a string in quotes."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


def format_name(text: str) -> str:
    """Returns the name of a graph, signature or port, in quotes where it is no bare word."""
    return text if _BARE_WORD.fullmatch(text) else quote(text)


def format_ref(name: str) -> str:
    """Returns the reference to a value."""
    return f"%{name}" if _BARE_REF.fullmatch(name) else f"%{quote(name)}"
