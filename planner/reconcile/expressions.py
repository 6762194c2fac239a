"""Expressions of HCL as things that can be asked for their value; what depends on AWS becomes `Unknown`."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from planner.reconcile.functions import FUNCTIONS, text_of
from planner.reconcile.nouns import Placed, Unknown


@dataclass
class Context:
    """What expressions refer to: `var`, `local`, `each`, `count`; everything else is known to AWS only."""

    names: dict[str, Any] = field(default_factory=dict)

    def with_names(self, **names: Any) -> Context:
        """Return a context with more names."""
        return Context({**self.names, **names})


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression: the line where it begins, what its value is in a context; `word` is a bare name, which may be a key."""

    line: int
    value: Callable[[Context], Any]
    word: str = ""


NOTHING = Context()


def evaluate(expression: Expression, context: Context = NOTHING) -> Any:
    """Return the value of an expression."""
    return expression.value(context)


def literal(line: int, value: Any) -> Expression:
    """Return what always has the same value."""
    return Expression(line, lambda _: value)


def name(line: int, word: str) -> Expression:
    """Return a reference to a name."""
    unknown = Unknown(word)
    return Expression(line, lambda context: context.names.get(word, unknown), word)


def text(line: int, parts: Sequence[str | Expression]) -> Expression:
    """Return a quoted text or heredoc; one that is an interpolation alone keeps the type of its value."""
    if not parts or (len(parts) == 1 and isinstance(parts[0], str)):
        return literal(line, parts[0] if parts else "")
    if len(parts) == 1:
        return Expression(line, parts[0].value)  # type: ignore[union-attr]  # told apart above

    def value(context: Context) -> Any:
        found = [part if isinstance(part, str) else part.value(context) for part in parts]
        joined = "".join(map(text_of, found))
        return Unknown(joined) if any(isinstance(part, Unknown) for part in found) else joined

    return Expression(line, value)


def member(base: Expression, key: Expression) -> Expression:
    """Return what is behind a dot or in brackets."""

    def value(context: Context) -> Any:
        index = key.value(context)
        return Unknown("index") if isinstance(index, Unknown) else _member(base.value(context), index)

    return Expression(base.line, value)


def _member(base: Any, key: Any) -> Any:
    if isinstance(base, Unknown):
        return Unknown(f"{base.what}.{text_of(key)}")
    if isinstance(base, Mapping):
        return base.get(text_of(key), Unknown(text_of(key)))
    if isinstance(base, list) and isinstance(key, Decimal):
        return base[int(key)] if int(key) < len(base) else Unknown("index")
    return Unknown(text_of(key))


def splat(base: Expression, steps: Sequence[Expression]) -> Expression:
    """Return what stands behind `[*]` or `.*`: the same of each entry."""

    def value(context: Context) -> Any:
        items = base.value(context)
        if not isinstance(items, list):
            return items if isinstance(items, Unknown) else Unknown("splat")
        for step in steps:
            key = step.value(context)
            items = [_member(item, key) for item in items]
        return items

    return Expression(base.line, value)


def listed(line: int, items: Sequence[Expression]) -> Expression:
    """Return a list."""
    return Expression(line, lambda context: [item.value(context) for item in items])


def mapping(line: int, pairs: Sequence[tuple[Expression, Expression]]) -> Expression:
    """Return a mapping; a bare word as key is text, not a reference."""

    def value(context: Context) -> Any:
        made = [(key.word or text_of(key.value(context)), item) for key, item in pairs]
        return Placed({key: item.value(context) for key, item in made}, {key: item.line for key, item in made}, line)

    return Expression(line, value)


def condition(test: Expression, yes: Expression, no: Expression) -> Expression:
    """Return `test ? yes : no`."""

    def value(context: Context) -> Any:
        found = test.value(context)
        return (yes if found else no).value(context) if isinstance(found, bool) else Unknown("condition")

    return Expression(test.line, value)


def binary(left: Expression, sign: str, right: Expression) -> Expression:
    """Return two expressions joined by an operator."""
    made = OPERATORS[sign]

    def value(context: Context) -> Any:
        first, second = left.value(context), right.value(context)
        return Unknown(sign) if Unknown in (type(first), type(second)) else made(first, second)

    return Expression(left.line, value)


OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": operator.mod, "<": operator.lt, ">": operator.gt,
    "<=": operator.le, ">=": operator.ge, "==": operator.eq, "!=": operator.ne, "&&": lambda a, b: a and b, "||": lambda a, b: a or b,
}  # fmt: skip


def unary(line: int, sign: str, term: Expression) -> Expression:
    """Return `!term` or `-term`."""

    def value(context: Context) -> Any:
        found = term.value(context)
        if isinstance(found, Unknown):
            return found
        return not found if sign == "!" else -found

    return Expression(line, value)


def call(line: int, word: str, arguments: Sequence[Expression], *, spread: bool) -> Expression:
    """Return a call of a function; with `spread` the last argument is a list of arguments."""
    function = FUNCTIONS.get(word)
    if function is None:
        return literal(line, Unknown(f"{word}()"))

    def value(context: Context) -> Any:
        values = [argument.value(context) for argument in arguments]
        if spread and isinstance(values[-1], list):
            values = [*values[:-1], *values[-1]]
        return function(*values)

    return Expression(line, value)


@dataclass(frozen=True, slots=True)
class Loop:
    """The beginning and the end of a `for`: the names it gives, what it goes over, which turns it keeps."""

    words: tuple[str, ...]
    source: Expression
    test: Expression | None

    def turns(self, context: Context) -> Iterator[Context] | None:
        """Return a context for each turn; None where what it goes over is not known."""
        items = self.source.value(context)
        if isinstance(items, Mapping):
            pairs: list[tuple[Any, Any]] = list(items.items())
        elif isinstance(items, list):
            pairs = [(Decimal(index), item) for index, item in enumerate(items)]
        else:
            return None
        made = (context.with_names(**dict(zip(self.words, pair[-len(self.words) :], strict=True))) for pair in pairs)
        return (turn for turn in made if self.test is None or self.test.value(turn) is True)


def each_listed(line: int, loop: Loop, item: Expression) -> Expression:
    """Return `[for ... : item]`."""

    def value(context: Context) -> Any:
        turns = loop.turns(context)
        return Unknown("for") if turns is None else [item.value(turn) for turn in turns]

    return Expression(line, value)


def each_mapped(line: int, loop: Loop, key: Expression, item: Expression, *, grouped: bool) -> Expression:
    """Return `{for ... : key => item}`; grouped, each key has the list of its items."""

    def value(context: Context) -> Any:
        turns = loop.turns(context)
        if turns is None:
            return Unknown("for")
        made = Placed(line=line)
        for turn in turns:
            word, found = text_of(key.value(turn)), item.value(turn)
            made[word] = [*made.get(word, []), found] if grouped else found
        return made

    return Expression(line, value)
