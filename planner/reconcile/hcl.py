"""HCL: files as blocks with their expressions, read as far as bundles and their owners write it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from planner.reconcile import expressions
from planner.reconcile.expressions import Expression, Loop
from planner.reconcile.nouns import Unknown
from planner.reconcile.tokens import Kind, Lexer, Token, refused

PRECEDENCE = {sign: level for level, signs in enumerate(("||", "&&", "== !=", "< > <= >=", "+ -", "* / %")) for sign in signs.split()}
CONSTANTS = {"true": True, "false": False, "null": None}


@dataclass(frozen=True)
class HclBlock:
    """A block as it is written: its kind, labels, attributes not yet evaluated, blocks inside."""

    kind: str
    labels: tuple[str, ...]
    attributes: dict[str, Expression]
    blocks: list[HclBlock]
    line: int


@lru_cache(maxsize=512)
def parse(text: str, file: str) -> HclBlock:
    """Return a file as one block; the same text is read once, as where an edited bundle is compared with what was written.

    Raises:
        InputError: it is not HCL.
    """
    try:
        return _Parser(tuple(Lexer(text, file).tokens()), file).body(HclBlock("", (), {}, [], 1), "the end of the file")
    except RecursionError as error:
        raise refused(file, 0, "it is nested too deeply") from error


class _Parser:
    """Reads tokens from left to right; ends of lines count in bodies and mappings only."""

    def __init__(self, tokens: Sequence[Token], file: str) -> None:
        self.tokens, self.file, self.at = tokens, file, 0

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.at]

    def skip(self) -> None:
        while self.token.kind == "line":
            self.at += 1

    def take(self) -> Token:
        found = self.token
        self.at += found.kind != "end"
        return found

    def sign(self, text: str) -> bool:
        """Return whether a sign stands next, and pass it."""
        return self._pass("sign", text)

    def word(self, text: str) -> bool:
        return self._pass("word", text)

    def _pass(self, kind: Kind, text: str) -> bool:
        found = self.token
        if found.kind != kind or found.text != text:
            return False
        self.at += 1
        return True

    def need(self, text: str) -> None:
        if not self.sign(text):
            raise self.expected(f"{text!r}")

    def expected(self, what: str) -> Exception:
        found = self.token
        return refused(self.file, found.line, f"{found.text if found.kind in {'end', 'line', 'text'} else repr(found.text)}, not {what}")

    def body(self, made: HclBlock, end: str) -> HclBlock:
        """Return a block with all that stands in it, up to its end."""
        while True:
            self.skip()
            if self.token.text == end:
                self.take()
                return made
            if self.token.kind == "end":
                raise refused(self.file, made.line, f"the block {made.kind!r} has no end")
            if self.token.kind != "word":
                raise self.expected("the name of an attribute or block")
            name = self.take()
            if not self.sign("="):
                made.blocks.append(self.block(name))
            elif name.text in made.attributes:
                raise refused(self.file, name.line, f"the attribute {name.text!r} stands twice")
            else:
                made.attributes[name.text] = self.expression()
            after = self.tokens[self.at]
            if after.kind not in {"line", "end"} and after.text != end:
                raise self.expected("the end of the line")

    def block(self, kind: Token) -> HclBlock:
        labels = []
        while not self.sign("{"):
            if self.token.kind not in {"word", "text"}:
                raise self.expected("'=' or '{'")
            label = self.take()
            labels.append(label.text if label.kind == "word" else "".join(part for part in label.parts if isinstance(part, str)))
        return self.body(HclBlock(kind.text, tuple(labels), {}, [], kind.line), "}")

    def expression(self, level: int = -1) -> Expression:
        """Return an expression whose operators all bind tighter than a level; below all of them stands the question."""
        if level < 0:
            return self.question()
        left = self.unary()
        while self.token.kind == "sign" and PRECEDENCE.get(self.token.text, -1) >= level:
            sign = self.take().text
            self.skip()
            left = expressions.binary(left, sign, self.expression(PRECEDENCE[sign] + 1))
        return left

    def question(self) -> Expression:
        test = self.expression(0)
        before = self.at
        self.skip()
        if not self.sign("?"):
            self.at = before
            return test
        self.skip()
        yes = self.expression()
        self.skip()
        self.need(":")
        self.skip()
        return expressions.condition(test, yes, self.expression())

    def unary(self) -> Expression:
        line = self.token.line
        for sign in ("!", "-"):
            if self.sign(sign):
                return expressions.unary(line, sign, self.unary())
        return self.behind(self.term())

    def behind(self, base: Expression) -> Expression:
        """Return a term with everything that stands behind it: members, indexes, splats."""
        while self.token.kind == "sign" and self.token.text in {".", "["}:
            if self.splat():
                steps = []
                while (step := self.step()) is not None:
                    steps.append(step)
                base = expressions.splat(base, steps)
            else:
                step = self.step()
                if step is None:
                    raise self.expected("a name")
                base = expressions.member(base, step)
        return base

    def splat(self) -> bool:
        texts = [token.text for token in self.tokens[self.at : self.at + 3]]
        length = 3 if texts == ["[", "*", "]"] else 2 if texts[:2] == [".", "*"] else 0
        self.at += length
        return length > 0

    def step(self) -> Expression | None:
        """Return what one dot or pair of brackets picks; None where neither stands."""
        if self.sign("."):
            if self.token.kind not in {"word", "number"}:
                raise self.expected("a name")
            found = self.take()
            return expressions.literal(found.line, found.text if found.kind == "word" else Decimal(found.text))
        if self.token.text != "[" or self.token.kind != "sign" or self.tokens[self.at + 1].text == "*":
            return None
        return self.enclosed("[", "]")

    def enclosed(self, begin: str, end: str) -> Expression:
        self.need(begin)
        self.skip()
        made = self.expression()
        self.skip()
        self.need(end)
        return made

    def term(self) -> Expression:
        token = self.token
        if token.kind == "sign" and token.text in TERMS:
            return TERMS[token.text](self)
        self.take()
        if token.kind == "number":
            return expressions.literal(token.line, Decimal(token.text))
        if token.kind == "text":
            return expressions.text(token.line, [part if isinstance(part, str) else self.inner(part) for part in token.parts])
        if token.kind != "word":
            self.at -= token.kind != "end"
            raise self.expected("a value")
        if token.text in CONSTANTS:
            return expressions.literal(token.line, CONSTANTS[token.text])
        return self.call(token) if self.sign("(") else expressions.name(token.line, token.text)

    def inner(self, tokens: tuple[Token, ...]) -> Expression:
        """Return an interpolation; a directive, which no bundle has, is not evaluated."""
        if tokens[0].text == "%":
            return expressions.literal(tokens[0].line, Unknown("template"))
        parser = _Parser(tokens, self.file)
        parser.skip()
        made = parser.expression()
        parser.skip()
        if parser.token.kind != "end":
            raise parser.expected("the end of the interpolation")
        return made

    def parenthesis(self) -> Expression:
        found = self.enclosed("(", ")")
        return Expression(found.line, found.value)

    def call(self, name: Token) -> Expression:
        arguments, spread = [], False
        for _ in self.separated(")"):
            arguments.append(self.expression())
            self.skip()
            spread = self.sign("...")
        return expressions.call(name.line, name.text, arguments, spread=spread)

    def separated(self, end: str) -> Iterator[None]:
        """Yield once for each entry up to a closing sign; the caller reads the entry."""
        self.skip()
        while not self.sign(end):
            yield
            before = self.at
            self.skip()
            if not self.sign(",") and self.token.text != end and (end != "}" or before == self.at):
                raise self.expected(f"',' or {end!r}")
            self.skip()

    def listing(self) -> Expression:
        line = self.take().line
        self.skip()
        if self.word("for"):
            loop, (item,) = self.loop("]")
            return expressions.each_listed(line, loop, item)
        return expressions.listed(line, [self.expression() for _ in self.separated("]")])

    def mapping(self) -> Expression:
        line = self.take().line
        self.skip()
        if self.token.text == "for" and self.tokens[self.at + 1].text not in {"=", ":"}:
            self.take()
            loop, (key, item, *grouped) = self.loop("}")
            return expressions.each_mapped(line, loop, key, item, grouped=bool(grouped))
        pairs = []
        for _ in self.separated("}"):
            key = self.expression(0)
            if not self.sign("=") and not self.sign(":"):
                raise self.expected("'=' or ':'")
            self.skip()
            pairs.append((key, self.expression()))
        return expressions.mapping(line, pairs)

    def loop(self, end: str) -> tuple[Loop, list[Expression]]:
        """Return a `for` and what it makes of each turn: an item, or a key and an item, and a third where they are grouped."""
        self.skip()
        words = [self.take().text]
        if self.sign(","):
            words.append(self.take().text)
        if not self.word("in"):
            raise self.expected("'in'")
        source = self.expression()
        self.skip()
        self.need(":")
        self.skip()
        made = [self.expression()]
        self.skip()
        if self.sign("=>"):
            self.skip()
            made.append(self.expression())
            self.skip()
            if self.sign("..."):
                made.append(made[0])
            self.skip()
        test = self.expression() if self.word("if") else None
        self.skip()
        self.need(end)
        return Loop(tuple(words), source, test), made


TERMS: dict[str, Callable[[_Parser], Expression]] = {"(": _Parser.parenthesis, "[": _Parser.listing, "{": _Parser.mapping}
