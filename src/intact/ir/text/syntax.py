"""Tokens of IR text, and its literals.

A literal is a number, a quoted string, bytes as hex"00ff", a list in brackets, or a bare word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from intact.errors import ModelError

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
_MAX_DIGITS: Final = 40
_MAX_DEPTH: Final = 20
_EXCERPT: Final = 100
"""Characters of a line that an error shows."""
_T = TypeVar("_T")


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
                raise self.error(Token("", text[at], at), f"the character {text[at]!r} begins no token")
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
            raise self.error(token, f"found {token.text!r}", f"'{text}'")
        return token

    def several(self, close: str, read: Callable[[], _T]) -> list[_T]:
        """Returns what `read` reads, again and again with commas between, up to the mark `close`."""
        items: list[_T] = []
        while not self.accept(close):
            if items:
                self.expect(",")
            items.append(read())
        return items

    def take_kind(self, kind: str, expected: str) -> Token:
        """Returns the next token, which must be of a kind."""
        if self.peek.kind != kind:
            raise self.error(self.peek, f"found {self.peek.text!r}", expected)
        return self.take()

    def place(self, token: Token) -> str:
        """Line and column of a token, from 1."""
        line_start = self.text.rfind("\n", 0, token.at) + 1
        line = self.text.count("\n", 0, token.at) + 1
        return f"IR text line {line}, column {token.at - line_start + 1}"

    def error(self, token: Token, problem: str, expected: str | None = None) -> TextError:
        """Returns the error of a token."""
        line = self.text.rfind("\n", 0, token.at) + 1
        start = max(line, token.at - _EXCERPT // 2)
        excerpt = self.text[start : start + _EXCERPT].split("\n", 1)[0].expandtabs(1)
        excerpt = f"    {excerpt}\n    {' ' * (token.at - start)}^"
        return TextError(problem, expected=expected, where=self.place(token), excerpt=excerpt)

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
            raise self.error(token, f"found {token.text}", expected)
        return number

    def number_of(self, token: Token) -> int | float:
        """Returns a number, whole where it is written without point and exponent."""
        if not token.text.lstrip("-").isdigit():
            return float(token.text)
        if len(token.text) > _MAX_DIGITS:
            raise self.error(token, f"a whole number has {len(token.text)} digits", f"at most {_MAX_DIGITS}")
        return int(token.text)

    def string(self, token: Token) -> str:
        """Returns what a quoted string, or a value's name, stands for."""
        text = token.text.removeprefix("%")
        if not text.startswith('"'):
            return text
        try:
            return str(json.loads(text))
        except json.JSONDecodeError as fault:
            raise self.error(token, f"the string {text} is broken ({fault.msg})", "the escapes of JSON") from None

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
            raise self.error(token, f"found {token.text!r}", "a number, string, word or list")
        if depth == _MAX_DEPTH:
            raise self.error(token, f"lists are nested {depth + 1} deep", f"at most {_MAX_DEPTH}")
        return tuple(self.several("]", lambda: self.literal(depth + 1)))

    def bytes_of(self, token: Token) -> bytes:
        """Returns the bytes of a hex token."""
        digits = token.text[4:-1]
        if len(digits) % 2:
            raise self.error(token, f"hex has {len(digits)} digits", "two for each byte")
        return bytes.fromhex(digits)
