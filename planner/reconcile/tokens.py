"""The words and signs of an HCL file, each with its line; a quoted text is one, with its interpolations taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent
from typing import Literal

from planner.errors import InputError, Problem

Kind = Literal["word", "number", "sign", "text", "line", "end"]
_NEXT = re.compile(
    r"(?P<blank>(?:[ \t\r]+|\#[^\n]*|//[^\n]*|/\*(?s:.*?)\*/)+)|(?P<line>\n)|(?P<word>[^\W\d][\w-]*)"
    r"|(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<heredoc><<(?P<cut>-?)(?P<mark>\w+)\r?\n)"
    r"|(?P<sign>\.\.\.|=>|==|!=|<=|>=|&&|\|\||[{}()\[\],.:?=+*/%<>!-])|(?P<quote>\")"
)
_QUOTED = re.compile(r'(?P<plain>(?:\$\$\{|%%\{|\\.|[^"\\$%\n]|[$%](?!\{))+)|(?P<open>[$%]\{~?)|(?P<close>")')
_UNQUOTED = re.compile(r"(?P<plain>(?:\$\$\{|%%\{|[^$%]|[$%](?!\{))+)|(?P<open>[$%]\{~?)|(?P<close>\Z)")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))|([$%])[$%]\{")
_MEANT = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number, sign, text or end of line; `parts` of a text are plain ones and the tokens of its interpolations."""

    kind: Kind
    text: str
    line: int
    parts: tuple[str | tuple[Token, ...], ...] = ()


class Lexer:
    """Reads a text from its beginning."""

    def __init__(self, text: str, file: str, line: int = 1) -> None:
        self.text, self.file, self.line, self.at = text, file, line, 0

    def tokens(self) -> Iterator[Token]:
        """Yield every token, the end of the file as the last one.

        Raises:
            InputError: something stands there that is no HCL.
        """
        while self.at < len(self.text):
            found = _NEXT.match(self.text, self.at)
            if found is None:
                raise refused(self.file, self.line, f"{self.text[self.at]!r} means nothing here")
            yield from self._token(found)
        yield Token("end", "the end of the file", self.line)

    def _token(self, found: re.Match[str]) -> Iterator[Token]:
        self.at, line = found.end(), self.line
        kind, text = found.lastgroup, found[0]
        if kind == "blank":
            self.line += text.count("\n")
        elif kind == "line":
            self.line += 1
            yield Token("line", "the end of the line", line)
        elif kind == "quote":
            yield Token("text", "a text", line, tuple(self._parts(_QUOTED)))
        elif found["heredoc"]:
            yield self._heredoc(found["mark"], cut=bool(found["cut"]))
        else:
            yield Token("word" if kind == "word" else "number" if kind == "number" else "sign", text, line)

    def _parts(self, pattern: re.Pattern[str]) -> Iterator[str | tuple[Token, ...]]:
        """Yield the parts of a text up to where it ends."""
        begun = self.line
        while True:
            found = pattern.match(self.text, self.at)
            if found is None:
                raise refused(self.file, begun, "a text has no end on its line")
            self.at = found.end()
            self.line += found[0].count("\n")
            if found["plain"]:
                yield unescaped(found[0]) if pattern is _QUOTED else found[0].replace("$${", "${").replace("%%{", "%{")
            elif found["open"]:
                yield (Token("sign", "%", self.line), *self._inner()) if found[0][0] == "%" else tuple(self._inner())
            else:
                return

    def _inner(self) -> Iterator[Token]:
        """Yield the tokens of an interpolation up to the bracket that closes it."""
        begun, depth = self.line, 0
        while self.at < len(self.text):
            found = _NEXT.match(self.text, self.at) or re.compile("~").match(self.text, self.at)
            if found is None:
                raise refused(self.file, self.line, f"{self.text[self.at]!r} means nothing here")
            if found[0] == "~":
                self.at = found.end()
                continue
            depth += {"{": 1, "}": -1}.get(found[0], 0)
            if depth < 0:
                self.at = found.end()
                yield Token("end", "the end of the interpolation", self.line)
                return
            yield from self._token(found)
        raise refused(self.file, begun, "an interpolation has no end")

    def _heredoc(self, mark: str, *, cut: bool) -> Token:
        begun = self.line
        end = re.compile(rf"^[ \t]*{mark}[ \t\r]*$", re.MULTILINE).search(self.text, self.at)
        if end is None:
            raise refused(self.file, begun, f"the text up to {mark} has no end")
        body = self.text[self.at : end.start()]
        inner = Lexer(dedent(body) if cut else body, self.file, begun + 1)
        parts = tuple(inner._parts(_UNQUOTED))
        self.line, self.at = begun + 1 + body.count("\n"), end.end()
        return Token("text", "a text", begun, parts)


def unescaped(text: str) -> str:
    """Return what a quoted text says."""
    if "\\" not in text and "{" not in text:
        return text

    def plain(found: re.Match[str]) -> str:
        if found[4]:
            return f"{found[4]}{{"
        code = found[1] or found[2]
        return chr(int(code, 16)) if code else _MEANT.get(found[3], found[3])

    return _ESCAPE.sub(plain, text)


def refused(file: str, line: int, message: str) -> InputError:
    """Return the error about a place of a file."""
    return InputError([Problem(file, line, 0, "B004", "", f"is not HCL: {message}")])
