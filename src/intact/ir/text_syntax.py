"""Tokens and literals of IR text, and how literals stand for the attributes of operators.

A literal is a number, a quoted string, bytes as hex"00ff", a list in brackets, or a bare word: true, false, none, the
name of an enumeration's member or of a data type. What a word means follows from the annotation of the attribute.
"""

from __future__ import annotations

import enum
import json
import math
import re
import types
from dataclasses import dataclass
from typing import Any, Final, NoReturn, Union, get_args, get_origin

from intact.errors import ModelError
from intact.ir.types import DType

_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
    |(?P<ref>%(?:[\w./]+|"(?:[^"\\\n]|\\.)*"))
    |(?P<hex>hex"[0-9a-fA-F]*")
    |(?P<string>"(?:[^"\\\n]|\\.)*")
    |(?P<number>-?(?:\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|(?:inf|nan)\b))
    |(?P<word>[A-Za-z_]\w*)
    |(?P<mark>->|\.\.\.|[()\[\]{}<>,=:?])""",
    re.VERBOSE | re.ASCII,
)
_BARE_REF: Final = re.compile(r"[\w./]+", re.ASCII)
_BARE_WORD: Final = re.compile(r"[A-Za-z_]\w*")
_MAX_DIGITS: Final = 40
_MAX_DEPTH: Final = 20
_WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "none": None}


class Word(str):
    """A bare word among literals; a plain str is a quoted one."""

    __slots__ = ()


Literal = int | float | str | bytes | tuple[Any, ...]


class TextError(ModelError):
    """IR text that breaks the grammar; its message ends with the line and a caret below the fault."""

    default_code = "E208"

    def __init__(self, problem: str, *, expected: str | None, where: str, excerpt: str) -> None:
        super().__init__(problem, expected=expected, where=where)
        self.excerpt = excerpt

    def __str__(self) -> str:
        return f"{super().__str__()}\n{self.excerpt}"


@dataclass(frozen=True)
class Token:
    """A piece of text: its kind by the names of the groups above or "end", and its offset."""

    kind: str
    text: str
    at: int


class Tokens:
    """The tokens of a text, read from front to back."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens: list[Token] = []
        self._next = 0
        at = 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                self.fail(Token("", text[at], at), f"the character {text[at]!r} begins no token")
            kind = match.lastgroup or ""
            if kind != "space":
                self._tokens.append(Token(kind, match.group(), at))
            at = match.end()
        self._end = Token("end", "the end", len(text.rstrip()))

    @property
    def peek(self) -> Token:
        """The next token, left in place."""
        return self._tokens[self._next] if self._next < len(self._tokens) else self._end

    def take(self) -> Token:
        """Returns the next token and goes on."""
        token = self.peek
        self._next += 1
        return token

    def accept(self, text: str) -> bool:
        """Goes past the next token if it is this mark or word."""
        if self.peek.text == text and self.peek.kind in {"mark", "word"}:
            self._next += 1
            return True
        return False

    def expect(self, text: str) -> Token:
        """Returns the next token, which must be this mark or word."""
        token = self.peek
        if not self.accept(text):
            self.fail(token, f"found {token.text!r}", f"'{text}'")
        return token

    def take_kind(self, kind: str, expected: str) -> Token:
        """Returns the next token, which must be of a kind."""
        if self.peek.kind != kind:
            self.fail(self.peek, f"found {self.peek.text!r}", expected)
        return self.take()

    def place(self, token: Token) -> str:
        """Line and column of a token, from 1."""
        line_start = self.text.rfind("\n", 0, token.at) + 1
        line = self.text.count("\n", 0, token.at) + 1
        return f"IR text line {line}, column {token.at - line_start + 1}"

    def fail(self, token: Token, problem: str, expected: str | None = None) -> NoReturn:
        """Raises TextError at a token."""
        start = self.text.rfind("\n", 0, token.at) + 1
        line = self.text[start:].split("\n", 1)[0]
        indent = "".join("\t" if c == "\t" else " " for c in line[: token.at - start])
        raise TextError(
            problem, expected=expected, where=self.place(token), excerpt=f"    {line}\n    {indent}^"
        ) from None

    def name(self, expected: str) -> str:
        """Returns the next word or quoted string."""
        token = self.peek
        if token.kind == "string":
            return self.string(self.take())
        return self.take_kind("word", expected).text

    def integer(self, expected: str) -> int:
        """Returns the next number, which must be whole."""
        token = self.take_kind("number", expected)
        number = self.number_of(token)
        if not isinstance(number, int):
            self.fail(token, f"found {token.text}", expected)
        return number

    def number_of(self, token: Token) -> int | float:
        """Returns a number, whole where it is written without point and exponent."""
        if not token.text.lstrip("-").isdigit():
            return float(token.text)
        if len(token.text) > _MAX_DIGITS:
            self.fail(token, f"a whole number has {len(token.text)} digits", f"at most {_MAX_DIGITS}")
        return int(token.text)

    def string(self, token: Token) -> str:
        """Returns what a quoted string, or a value's name, stands for."""
        text = token.text.removeprefix("%")
        if not text.startswith('"'):
            return text
        try:
            return str(json.loads(text))
        except json.JSONDecodeError as fault:
            self.fail(token, f"the string {text} is broken ({fault.msg})", "the escapes of JSON")

    def literal(self, depth: int = 0) -> Literal:
        """Returns the next literal."""
        token = self.take()
        match token.kind:
            case "number":
                return self.number_of(token)
            case "string":
                return self.string(token)
            case "hex":
                return self.bytes_of(token)
            case "word":
                return Word(token.text)
        if token.text != "[" or token.kind != "mark":
            self.fail(token, f"found {token.text!r}", "a number, string, word or list")
        if depth == _MAX_DEPTH:
            self.fail(token, f"lists are nested {depth + 1} deep", f"at most {_MAX_DEPTH}")
        items: list[Literal] = []
        while not self.accept("]"):
            if items:
                self.expect(",")
            items.append(self.literal(depth + 1))
        return tuple(items)

    def bytes_of(self, token: Token) -> bytes:
        """Returns the bytes of a hex token."""
        digits = token.text[4:-1]
        if len(digits) % 2:
            self.fail(token, f"hex has {len(digits)} digits", "two for each byte")
        return bytes.fromhex(digits)


def convert(annotation: Any, literal: Literal) -> Any:
    """Returns the value a literal stands for under an attribute's annotation.

    Raises:
        ValueError: it stands for none; the text says what would.
    """
    if get_origin(annotation) in {Union, types.UnionType}:
        for choice in get_args(annotation):
            try:
                return convert(choice, literal)
            except ValueError:
                continue
        raise ValueError(str(annotation))
    if get_origin(annotation) is tuple:
        return _convert_tuple(get_args(annotation), literal)
    if annotation is object:
        if isinstance(literal, tuple):
            return tuple(convert(object, item) for item in literal)
        return _convert_word(literal) if isinstance(literal, Word) else literal
    if annotation is type(None) or annotation is bool:
        word = _convert_word(literal)
        if isinstance(word, annotation):
            return word
        raise ValueError("true or false" if annotation is bool else "none")
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        for member in annotation:
            if isinstance(literal, Word) and literal == _enum_text(member):
                return member
        raise ValueError(", ".join(_enum_text(member) for member in annotation))
    if annotation is float and type(literal) is int:
        return float(literal)
    if type(literal) is annotation:
        return literal
    raise ValueError({int: "a whole number", float: "a number", str: "a string", bytes: "hex"}[annotation])


def _convert_word(literal: Literal) -> bool | None:
    if not isinstance(literal, Word) or literal not in _WORDS:
        raise ValueError("true, false or none")
    return _WORDS[literal]


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
        case bool():
            return str(value).lower()
        case enum.Enum():
            return _enum_text(value)
        case int():
            return str(value)
        case float():
            return repr(value) if math.isfinite(value) else str(value)
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
