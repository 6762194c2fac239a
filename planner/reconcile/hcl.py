"""HCL: files as blocks, expressions as values, as far as files alone can tell them.

`hcl2` parses; what it parsed is evaluated here. What depends on AWS becomes `Unknown`.
"""

from __future__ import annotations

import codecs
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import hcl2
from lark import Token, Tree
from lark.exceptions import LarkError

from planner.errors import InputError, Problem
from planner.reconcile.functions import FUNCTIONS, text_of
from planner.reconcile.nouns import Placed, Unknown

Node = Any


@dataclass(frozen=True)
class HclBlock:
    """A block as it is written: its kind, labels, attributes not yet evaluated, blocks inside."""

    kind: str
    labels: tuple[str, ...]
    attributes: dict[str, Node]
    blocks: list[HclBlock]
    line: int


@dataclass
class Context:
    """What expressions refer to: `var`, `local`, `each`, `count`; everything else is known to AWS only."""

    names: dict[str, Any] = field(default_factory=dict)

    def with_names(self, **names: Any) -> Context:
        """Return a context with more names."""
        return Context({**self.names, **names})


def parse(text: str, file: str) -> HclBlock:
    """Return a file as one block.

    Raises:
        InputError: it is not HCL.
    """
    try:
        tree = hcl2.parses_to_tree(text if text.endswith("\n") else f"{text}\n")
    except LarkError as error:
        line = getattr(error, "line", 0) or 0
        message = f"is not HCL: {str(error).splitlines()[0]}"
        raise InputError([Problem(file, max(0, line), 0, "B004", "", message)]) from error
    return _body("", (), _parts(tree)[0], 1)


def _parts(tree: Tree[Token]) -> list[Any]:
    """Return the children that say something."""
    children: list[Any] = tree.children  # some are None
    return [child for child in children if child is not None and _kind(child) not in SILENT]


def _kind(child: Any) -> str:
    return str(child.data if isinstance(child, Tree) else child.type)


SILENT = {
    "new_line_or_comment", "LBRACE", "RBRACE", "LSQB", "RSQB", "LPAR", "RPAR", "COMMA", "EQ", "COLON", "DOT", "DBLQUOTE", "INTERP_START",
    "FOR", "IN", "IF", "QMARK", "FULL_SPLAT_START", "ATTR_SPLAT",
}  # fmt: skip


def _body(kind: str, labels: tuple[str, ...], body: Tree[Token], line: int) -> HclBlock:
    made = HclBlock(kind, labels, {}, [], line)
    for child in _parts(body):
        if child.data == "attribute":
            name, value = _parts(child)
            made.attributes[_name(name)] = value
        else:
            first, *rest = _parts(child)
            words = [_label(item) for item in rest if item.data != "body"]
            inner = next(item for item in rest if item.data == "body")
            made.blocks.append(_body(_name(first), tuple(words), inner, child.meta.line))
    return made


def _name(node: Tree[Token]) -> str:
    return str(node.children[0])


def _label(node: Tree[Token]) -> str:
    return _name(node) if node.data != "string" else text_of(evaluate(node, Context()))


def evaluate(node: Node, context: Context) -> Any:
    """Return the value of an expression."""
    if isinstance(node, Token):
        return Unknown(str(node))
    return RULES.get(str(node.data), _unknown)(node, context)


def _unknown(node: Tree[Token], context: Context) -> Unknown:
    del context
    return Unknown(str(node.data))


def line_of(node: Node) -> int:
    """Return the line where an expression stands."""
    return int(getattr(getattr(node, "meta", None), "line", 0) or 0)


def _term(node: Tree[Token], context: Context) -> Any:
    return evaluate(_parts(node)[0], context)


def _string(node: Tree[Token], context: Context) -> Any:
    parts = [_string_part(child, context) for child in node.children if isinstance(child, Tree)]
    if len(parts) == 1 and not isinstance(parts[0], str):
        return parts[0]
    joined = "".join(text_of(part) for part in parts)
    return Unknown(joined) if any(isinstance(part, Unknown) for part in parts) else joined


def _string_part(node: Tree[Token], context: Context) -> Any:
    inner = node.children[0]
    if isinstance(inner, Tree):
        return evaluate(_parts(inner)[0], context) if inner.data == "interpolation" else Unknown("template")
    return unescaped(str(inner))


def unescaped(text: str) -> str:
    """Return what a quoted text says."""
    plain = text.replace("$${", "${").replace("%%{", "%{")
    if "\\" not in plain:
        return plain
    return codecs.decode(plain.encode("ascii", "backslashreplace"), "unicode_escape")


def _heredoc(node: Tree[Token], context: Context) -> Any:
    del context
    lines = str(node.children[0]).splitlines()[1:-1]
    text = "".join(f"{line}\n" for line in lines)
    return Unknown("heredoc") if "${" in text.replace("$${", "") else text


def _identifier(node: Tree[Token], context: Context) -> Any:
    name = _name(node)
    return context.names.get(name, Unknown(name))


def _literal(node: Tree[Token], context: Context) -> Any:
    del context
    return {"true": True, "false": False, "null": None}[str(node.children[0])]


def _number(node: Tree[Token], context: Context) -> Decimal:
    del context
    return Decimal(str(node.children[0]))


def _get_attr(node: Tree[Token], context: Context) -> Any:
    base, attr = _parts(node)
    return _member(evaluate(base, context), _name(_parts(attr)[0]))


def _member(base: Any, name: Any) -> Any:
    if isinstance(base, Unknown):
        return Unknown(f"{base.what}.{name}")
    if isinstance(base, Mapping):
        return base.get(str(name), Unknown(str(name)))
    if isinstance(base, list) and isinstance(name, (Decimal, int)):
        return base[int(name)] if int(name) < len(base) else Unknown("index")
    return Unknown(str(name))


def _index(node: Tree[Token], context: Context) -> Any:
    base, index = _parts(node)
    inner = _parts(index)[0]
    key = evaluate(inner, context) if isinstance(inner, Tree) else Decimal(str(inner))
    return Unknown("index") if isinstance(key, Unknown) else _member(evaluate(base, context), key)


def _splat(node: Tree[Token], context: Context) -> Any:
    base, splat = _parts(node)
    items = evaluate(base, context)
    if not isinstance(items, list):
        return items if isinstance(items, Unknown) else Unknown("splat")
    for step in _parts(splat):
        items = [_member(item, _name(_parts(step)[0])) for item in items]
    return items


def _tuple(node: Tree[Token], context: Context) -> list[Any]:
    return [evaluate(child, context) for child in _parts(node)]


def _object(node: Tree[Token], context: Context) -> Any:
    items: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for element in _parts(node):
        key, value = _parts(element)
        name = _key(_parts(key)[0], context)
        items[name], lines[name] = evaluate(value, context), line_of(value)
    return Placed(items, lines, line_of(node))


def _key(node: Tree[Token], context: Context) -> str:
    """Return an object's key; a bare word is text, not a reference."""
    inner = _parts(node)[0] if node.data == "expr_term" else node
    if isinstance(inner, Tree) and inner.data in {"identifier", "keyword"} and not any(_is_paren(child) for child in node.children):
        return _name(inner)
    return text_of(evaluate(node, context))


def _is_paren(child: Any) -> bool:
    return isinstance(child, Token) and child.type == "LPAR"


def _conditional(node: Tree[Token], context: Context) -> Any:
    test, yes, no = _parts(node)
    found = evaluate(test, context)
    return Unknown("condition") if not isinstance(found, bool) else evaluate(yes if found else no, context)


def _binary(node: Tree[Token], context: Context) -> Any:
    left, rest = _parts(node)
    sign, right = _parts(rest)
    first, second, word = evaluate(left, context), evaluate(right, context), str(sign.children[0])
    if word in {"==", "!="} and Unknown not in (type(first), type(second)):
        return (first == second) == (word == "==")
    if Unknown in (type(first), type(second)) or word not in OPERATORS:
        return Unknown(word)
    return OPERATORS[word](first, second)


OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": operator.mod, "<": operator.lt, ">": operator.gt,
    "<=": operator.le, ">=": operator.ge, "&&": lambda a, b: a and b, "||": lambda a, b: a or b,
}  # fmt: skip


def _unary(node: Tree[Token], context: Context) -> Any:
    sign, term = node.children
    found = evaluate(term, context)
    if isinstance(found, Unknown):
        return found
    return not found if str(sign) == "!" else -found


def _call(node: Tree[Token], context: Context) -> Any:
    name, *rest = _parts(node)
    nodes = [child for child in _parts(rest[0]) if isinstance(child, Tree)] if rest else []
    values = [evaluate(child, context) for child in nodes]
    if rest and any(isinstance(child, Token) and child.type == "ELLIPSIS" for child in rest[0].children) and isinstance(values[-1], list):
        values = [*values[:-1], *values[-1]]
    return FUNCTIONS[_name(name)](*values) if _name(name) in FUNCTIONS else Unknown(f"{_name(name)}()")


def _loop(intro: Tree[Token], context: Context) -> Iterator[Context] | None:
    """Return a context for each turn of a `for`; None where what it goes over is not known."""
    *names, source = _parts(intro)
    items = evaluate(source, context)
    words = [_name(name) for name in names]
    if isinstance(items, Mapping):
        turns: list[tuple[Any, Any]] = list(items.items())
    elif isinstance(items, list):
        turns = [(Decimal(index), item) for index, item in enumerate(items)]
    else:
        return None
    return (context.with_names(**dict(zip(words, turn if len(words) == 2 else turn[1:], strict=True))) for turn in turns)


def _holds(parts: list[Any], context: Context) -> bool:
    tests = [part for part in parts if isinstance(part, Tree) and part.data == "for_cond"]
    return all(evaluate(_parts(test)[0], context) is True for test in tests)


def _for_tuple(node: Tree[Token], context: Context) -> Any:
    intro, value, *rest = _parts(node)
    turns = _loop(intro, context)
    return Unknown("for") if turns is None else [evaluate(value, turn) for turn in turns if _holds(rest, turn)]


def _for_object(node: Tree[Token], context: Context) -> Any:
    intro, key, value, *rest = [part for part in _parts(node) if isinstance(part, Tree)]
    turns = _loop(intro, context)
    if turns is None:
        return Unknown("for")
    made = [(text_of(evaluate(key, turn)), evaluate(value, turn)) for turn in turns if _holds(rest, turn)]
    return Placed(dict(made), line=line_of(node))


RULES: Mapping[str, Callable[[Tree[Token], Context], Any]] = {
    "expr_term": _term,
    "string": _string,
    "heredoc_template": _heredoc,
    "heredoc_template_trim": _heredoc,
    "identifier": _identifier,
    "keyword": _identifier,
    "literal_value": _literal,
    "int_lit": _number,
    "float_lit": _number,
    "get_attr_expr_term": _get_attr,
    "index_expr_term": _index,
    "attr_splat_expr_term": _splat,
    "full_splat_expr_term": _splat,
    "tuple": _tuple,
    "object": _object,
    "conditional": _conditional,
    "binary_op": _binary,
    "unary_op": _unary,
    "function_call": _call,
    "for_tuple_expr": _for_tuple,
    "for_object_expr": _for_object,
}
